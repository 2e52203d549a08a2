import { addDays, type DateRange } from '../domain/date-range.ts';
import { exchangeDate } from '../domain/exchange-time.ts';
import { firstKnown } from '../domain/session.ts';
import { calendarDaysFor } from '../runs/run-sessions.ts';
import { ContradictoryParameters } from '../runs/contradictory-parameters.ts';

interface Dates {
  readonly startDate: string;
  readonly endDate: string;
}

/** Two dates, or none; throws `ContradictoryParameters` for one of them alone. */
export function bothDates({
  startDate,
  endDate,
}: Partial<Record<keyof Dates, string | undefined>>): Dates | null {
  if (startDate !== undefined && endDate !== undefined) return { startDate, endDate };
  if (startDate === undefined && endDate === undefined) return null;
  const missing = startDate === undefined ? 'startDate' : 'endDate';
  throw new ContradictoryParameters(missing, `half a range: ${missing} is missing`, 'give both dates');
}

/** The range of two dates; throws `ContradictoryParameters` for a reversed one. */
export function rangeOf({ startDate: from, endDate: to }: Dates): DateRange {
  if (from <= to) return { from, to };
  const message = `the range is reversed: ${from} is after ${to}`;
  throw new ContradictoryParameters('startDate', message, 'swap the two dates');
}

/** A range that has begun by a nominal time, exchange date; throws `ContradictoryParameters`. */
export function begunRange(dates: Dates, nominalTime: string): DateRange {
  const range = rangeOf(dates);
  const today = exchangeDate(Date.parse(nominalTime));
  if (range.from <= today) return range;
  const message = `the range begins in the future: ${range.from}`;
  throw new ContradictoryParameters('startDate', message, `begin at ${today} or earlier`);
}

/**
 * Throws `ContradictoryParameters` where a field's calendar days before a date, or before the exchange date of an
 * instant, are more than the sessions that are known.
 */
export function requireReach(field: string, from: string, days: number): void {
  const asked = from.includes('T') ? exchangeDate(Date.parse(from)) : from;
  const reached = addDays(asked, -days);
  if (reached >= firstKnown) return;
  const message = `${field} goes back to ${reached}: no session before ${firstKnown} is known`;
  throw new ContradictoryParameters(field, message, 'ask for less');
}

/** The same of so many sessions. */
export function requireSessions(field: string, from: string, sessions: number): void {
  requireReach(field, from, calendarDaysFor(sessions));
}
