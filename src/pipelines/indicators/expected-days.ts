import { sessionDatesBetween } from '../../calendar/exchange-calendar.ts';
import { dateOfDayNumber, dayNumber } from '../../domain/date-range.ts';
import { firstKnown, type SessionDate } from '../../domain/session.ts';
import type { SessionDays } from '../../domain/session-days.ts';

/** The last answer, which the calendar never changes: batches of one run ask for one date. */
let known: { readonly date: SessionDate; readonly days: SessionDays } = { date: '', days: new Int32Array(0) };

/** The calendar's sessions from its first one through a date. */
export function sessionDaysThrough(date: SessionDate): SessionDays {
  if (date < firstKnown) return new Int32Array(0);
  if (date === known.date) return known.days;
  known = { date, days: Int32Array.from(sessionDatesBetween({ from: firstKnown, to: date }), dayNumber) };
  return known.days;
}

/** A day has one date for good. */
const dates = new Map<number, SessionDate>();

/** The date of a day, written once. */
export function dateOf(day: number): SessionDate {
  const known = dates.get(day);
  if (known !== undefined) return known;
  const date = dateOfDayNumber(day);
  dates.set(day, date);
  return date;
}

/**
 * The last day on which a session of an instrument is expected, no later than `through`; of one whose listing ended at
 * an unknown date, that of its last bar.
 */
export function expectedThrough(listedUntil: SessionDate | null, lastBar: number, through: number): number {
  const last = listedUntil === null ? lastBar : Math.max(dayNumber(listedUntil), lastBar);
  return Math.min(last, through);
}
