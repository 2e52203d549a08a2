import { sources, type SourceName } from '../domain/source.ts';

/** What to do where a request of a source names no symbols and there is nobody that it could be for. */
export function whomToName(source: SourceName): string {
  return sources[source].universe === 'watched'
    ? 'the watchlist is empty: barwright symbols watch AAPL,MSFT fills it, --symbols AAPL,MSFT does without'
    : 'no instrument is listed then: barwright symbols sync reads the lists, --symbols AAPL,MSFT does without';
}
