import { addDays } from './date-range.ts';
import { exchangeInstant } from './exchange-time.ts';
import type { SessionDate } from './session.ts';

interface FinalityRule {
  readonly calendarDaysAfter: number;
  /** Minutes after midnight, New York. */
  readonly atMinute: number;
  /** What was worked out before: the same sessions are asked for with every bar. */
  readonly known: Map<SessionDate, number>;
}

/** When a source's bars of a session stop moving. Polygon's own mark for a complete day is 11:30 New York the day after. */
const finalityOfSource: Readonly<Record<string, FinalityRule>> = {
  polygon: { calendarDaysAfter: 1, atMinute: 11 * 60 + 30, known: new Map() },
  // Its last rows are live, and the last hour of a day may come late: the next morning's answer is final.
  yahoo: { calendarDaysAfter: 1, atMinute: 9 * 60 + 30, known: new Map() },
};

/** The instant (epoch milliseconds) from which the source's daily bar of a session counts as final. */
export function finalFrom(source: string, session: SessionDate): number {
  const rule = finalityOfSource[source];
  if (rule === undefined) throw new Error(`no finality rule for the source ${source}`);
  const known = rule.known.get(session);
  if (known !== undefined) return known;
  const instant = exchangeInstant(addDays(session, rule.calendarDaysAfter), rule.atMinute);
  rule.known.set(session, instant);
  return instant;
}

/** True when the source's bar of a session was final at that instant, ISO 8601. */
export function isFinal(source: string, session: SessionDate, observedAt: string): boolean {
  return Date.parse(observedAt) >= finalFrom(source, session);
}
