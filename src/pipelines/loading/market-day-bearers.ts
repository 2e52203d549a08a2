import { dayNumber } from '../../domain/date-range.ts';
import { ownDays } from '../../domain/foreign-bars.ts';
import type { TickerTerm } from '../../domain/ticker-term.ts';
import type { MarketDayLoad } from '../../store/load-requests.ts';

/** A load under one ticker, and the days, since 1970-01-01, on which its instrument bore that, or can have. */
export interface Bearer extends MarketDayLoad {
  readonly firstDay: number;
  readonly lastDay: number;
}

/**
 * Loads by ticker, of each ticker who left first in front: those of which it is known what they were called when, in front
 * of those of which only the ticker of today is.
 */
export function bearersByTicker(
  loads: readonly MarketDayLoad[],
  terms: readonly TickerTerm[],
): ReadonlyMap<string, readonly Bearer[]> {
  const byInstrument = Map.groupBy(terms, ({ instrumentId }) => instrumentId);
  const own = (load: MarketDayLoad) => byInstrument.get(load.instrumentId) ?? [];
  const dated = loads.flatMap((load) => bearersOf(load, own(load)));
  const undated = loads.flatMap((load) => (own(load).length === 0 ? [{ ...load, ...ownDays(load) }] : []));
  return Map.groupBy([...dated.sort(whoLeftFirst), ...undated.sort(whoLeftFirst)], ({ symbol }) => symbol);
}

/** What is known of an instrument before its first term is that it was listed. */
function bearersOf(load: MarketDayLoad, terms: readonly TickerTerm[]): readonly Bearer[] {
  const inOrder = terms.toSorted((a, b) => (a.from < b.from ? -1 : 1));
  const listed = load.listedOn === null ? -Infinity : dayNumber(load.listedOn);
  return inOrder.map(({ ticker, from, to }, at) => {
    const firstDay = at === 0 ? Math.min(listed, dayNumber(from)) : dayNumber(from);
    return {
      ...load,
      symbol: ticker,
      firstDay,
      lastDay: to === null ? ownDays(load).lastDay : dayNumber(to),
    };
  });
}

/** On the last day of one company its ticker cannot be the next one's yet. */
function whoLeftFirst(one: Bearer, other: Bearer): number {
  return one.lastDay < other.lastDay ? -1 : one.lastDay > other.lastDay ? 1 : 0;
}
