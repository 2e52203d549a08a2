import { sessionsBetween } from '../calendar/exchange-calendar.ts';
import type { DateRange } from '../domain/date-range.ts';
import type { AdjustedBar } from '../store/adjusted-bars.ts';

/** The session that the bars of each instrument begin with; the last of the range where there is none. */
export function beginnings(all: ReadonlyMap<number, readonly AdjustedBar[]>, range: DateRange) {
  return Array.from(all, ([instrumentId, bars]) => ({
    instrumentId,
    since: bars[0]?.session ?? range.to,
  }));
}

/** The same bars: a daily one opens with its session. */
export function withOpens<Bar extends AdjustedBar>(bars: readonly Bar[], range: DateRange): readonly Bar[] {
  const opens = new Map(sessionsBetween(range).map(({ session, opensAt }) => [session, opensAt]));
  return bars.map((bar) => ({ ...bar, opensAt: bar.opensAt ?? opens.get(bar.session) ?? null }));
}
