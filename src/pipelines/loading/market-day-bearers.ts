import { dayNumber } from '../../domain/date-range.ts';
import { ownDays } from '../../domain/foreign-bars.ts';
import { tickerDays, type KnownTickers, type TickerDays } from '../../domain/ticker-days.ts';
import type { MarketDayLoad } from '../../store/load-requests.ts';

/** A load under one ticker, and the days, since 1970-01-01, on which its instrument bore that, or can have. */
export interface Bearer extends MarketDayLoad {
  readonly firstDay: number;
  readonly lastDay: number;
}

/**
 * Loads by ticker, of each ticker who left first in front: those of which it is known what they were called when, in front
 * of those of which only the ticker of today is. Days on which a ticker was somebody else's are nobody's among them.
 */
export function bearersByTicker(
  loads: readonly MarketDayLoad[],
  known: KnownTickers,
): ReadonlyMap<string, readonly Bearer[]> {
  const tickersOf = tickerDays(known);
  const bearers = loads.flatMap((load) => tickersOf(load).map((days) => ({ load, days })));
  const inTurn = (isDated: boolean) =>
    bearers
      .filter(({ days }) => (days.ticker !== null) === isDated)
      .map(({ load, days }) => bearerOf(load, days))
      .sort(whoLeftFirst);
  return Map.groupBy([...inTurn(true), ...inTurn(false)], ({ symbol }) => symbol);
}

/** What is known of an instrument beyond its terms is when it was listed. */
function bearerOf(load: MarketDayLoad, { ticker, from, to }: TickerDays): Bearer {
  const { firstDay, lastDay } = ownDays(ticker === null ? load : { ...load, ownedFrom: null });
  return {
    ...load,
    symbol: ticker ?? load.symbol,
    firstDay:
      from === null ? firstDay : ticker === null ? Math.max(firstDay, dayNumber(from)) : dayNumber(from),
    lastDay: to === null ? lastDay : ticker === null ? Math.min(lastDay, dayNumber(to)) : dayNumber(to),
  };
}

/** On the last day of one company its ticker cannot be the next one's yet. */
function whoLeftFirst(one: Bearer, other: Bearer): number {
  return one.lastDay < other.lastDay ? -1 : one.lastDay > other.lastDay ? 1 : 0;
}
