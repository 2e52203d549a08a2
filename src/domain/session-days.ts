import type { DateRange } from './date-range.ts';

/** Sessions of the exchange calendar as days since 1970-01-01, ascending. */
export type SessionDays = Int32Array;

/** The sessions of the exchange calendar in a range. */
export type Calendar = (range: DateRange) => SessionDays;

/** Where in the calendar the first session from a day on is. */
export function indexFrom(days: SessionDays, day: number): number {
  let [low, high] = [0, days.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((days[middle] ?? Infinity) < day) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many sessions lie between two days, both included. */
export function countSessions(days: SessionDays, from: number, to: number): number {
  return Math.max(0, indexFrom(days, to + 1) - indexFrom(days, from));
}

/** The first and the last of days since 1970-01-01. */
export type DayRange = readonly [first: number, last: number];

/** What of a calendar lies within ranges. */
export function sessionsIn(calendar: SessionDays, ranges: readonly DayRange[]): readonly number[] {
  return ranges.flatMap(([first, last]) => [
    ...calendar.subarray(indexFrom(calendar, first), indexFrom(calendar, last + 1)),
  ]);
}
