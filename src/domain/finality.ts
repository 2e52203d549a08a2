import { addDays, dateOfDayNumber } from './date-range.ts';
import { exchangeDay, exchangeInstant } from './exchange-time.ts';
import type { SessionDate } from './session.ts';
import { sources, type SourceName } from './source.ts';

/** What was worked out before: the same sessions are asked for with every bar. */
const known = new Map<SourceName, Map<SessionDate, number>>();

/** The instant (epoch milliseconds) from which the source's daily bar of a session counts as final. */
export function finalFrom(source: SourceName, session: SessionDate): number {
  const instants = known.get(source) ?? new Map<SessionDate, number>();
  known.set(source, instants);
  const before = instants.get(session);
  if (before !== undefined) return before;
  const { calendarDaysAfter, atMinute } = sources[source].finality;
  const instant = exchangeInstant(addDays(session, calendarDaysAfter), atMinute);
  instants.set(session, instant);
  return instant;
}

/** True when the source's bar of a session was final at that instant, ISO 8601. */
export function isFinal(source: SourceName, session: SessionDate, observedAt: string): boolean {
  return Date.parse(observedAt) >= finalFrom(source, session);
}

/** The last day (days since 1970-01-01) whose bar of the source was final at that instant; so are all before it. */
export function finalThrough(source: SourceName, observedMs: number): number {
  const day = exchangeDay(observedMs) - sources[source].finality.calendarDaysAfter;
  return finalFrom(source, dateOfDayNumber(day)) <= observedMs ? day : day - 1;
}
