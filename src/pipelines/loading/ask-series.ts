import type { DateRange } from '../../domain/date-range.ts';
import type { SeriesAnswer, SeriesProvider } from '../../providers/provider.ts';
import type { SeriesRequest } from '../../store/load-requests.ts';
import type { Asked, Asking } from './asking.ts';

/** Asks for a range of a request's series, the whole of it or another; null as `Asking.ask` says. */
export function askSeries(
  { asking, provider }: { readonly asking: Asking; readonly provider: SeriesProvider },
  { symbol, interval, currency }: SeriesRequest,
  range: DateRange,
): Promise<Asked<SeriesAnswer> | null> {
  const wish = { interval, range, ...(currency === null ? {} : { currency }) };
  return asking.ask((options) => provider.series(symbol, wish, options));
}
