import type { WatchOutcome } from '../activities/reference.ts';
import type { SymbolsList } from '../src/domain/instrument.ts';
import { usualSource, type SourceName } from '../src/domain/source.ts';
import { pacedActivities } from './activity-proxies.ts';

interface WatchRequest {
  readonly symbols: readonly string[];
  /** What the pace of the look-ups may take. */
  readonly seconds: number;
  /** Who says what a symbol is; absent: whom daily bars come from. */
  readonly source?: SourceName;
  /** What they are put on; absent: the watchlist. */
  readonly list?: SymbolsList;
}

/** Puts symbols on the watchlist, or into the universe whatever their type. */
export async function watchSymbols({
  symbols,
  seconds,
  source = usualSource['1d'],
  list = 'watchlist',
}: WatchRequest): Promise<readonly WatchOutcome[]> {
  return pacedActivities(seconds).lookUpAndWatch(symbols, source, list);
}
