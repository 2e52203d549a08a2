import { requestSpans, type MissingSeries } from './planning-input.ts';

/** What a request costs: its pages count first, of equals the expected bytes. */
interface RequestCost {
  readonly pages: number;
  readonly bytes: number;
}

export const bytesPerBar = 113;
export const bytesPerMarketDay = 1_400_000;
/** The most that one page of a series holds. */
export const barsPerPage = 50_000;

export const marketDayCost: RequestCost = { pages: 1, bytes: bytesPerMarketDay };

/**
 * Tells the cost of asking a series from its first to its last missing session, where each session has so many bars; one
 * that has borne several tickers once for each.
 */
export function seriesCosts(barsOfSession: readonly number[]): (series: MissingSeries) => RequestCost {
  const before = new Float64Array(barsOfSession.length + 1);
  for (const [session, bars] of barsOfSession.entries()) before[session + 1] = (before[session] ?? 0) + bars;
  return (series) =>
    totalCost(
      requestSpans(series).map(({ first, last }) => {
        const span = (before[last + 1] ?? NaN) - (before[first] ?? NaN);
        return { pages: Math.ceil(span / barsPerPage), bytes: span * bytesPerBar };
      }),
    );
}

export function totalCost(costs: Iterable<RequestCost>): RequestCost {
  let [pages, bytes] = [0, 0];
  for (const cost of costs) [pages, bytes] = [pages + cost.pages, bytes + cost.bytes];
  return { pages, bytes };
}

/**
 * Costs as one number that keeps their order: a page outweighs all bytes there are. Throws a RangeError where the
 * weights of everything together would not be exact in a double.
 */
export function weightWithin(everything: RequestCost): (cost: RequestCost) => number {
  const pageWeight = everything.bytes + 1;
  const weight = ({ pages, bytes }: RequestCost) => pages * pageWeight + bytes;
  if (weight(everything) > Number.MAX_SAFE_INTEGER)
    throw new RangeError(`too much to weigh exactly: ${everything.pages} pages, ${everything.bytes} bytes`);
  return weight;
}
