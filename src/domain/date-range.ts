import type { SessionDate } from './session.ts';

/** Inclusive at both ends. */
export interface DateRange {
  readonly from: SessionDate;
  readonly to: SessionDate;
}

const dayMs = 86_400_000;

/** True for a calendar date that exists, written `YYYY-MM-DD`, years 1900 to 2199. */
export function isCalendarDate(text: string): boolean {
  if (!/^(19|20|21)\d\d-\d\d-\d\d$/.test(text)) return false;
  const instant = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text);
}

/** Days since 1970-01-01 of a calendar date. */
export function dayNumber(date: SessionDate): number {
  return Date.parse(`${date}T00:00:00Z`) / dayMs;
}

/** The calendar date of a day number. */
export function dateOfDayNumber(day: number): SessionDate {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

/** The calendar date `days` later (earlier when negative). */
export function addDays(date: SessionDate, days: number): SessionDate {
  return dateOfDayNumber(dayNumber(date) + days);
}

/** Whether two ranges have a day in common. */
export function rangesMeet(one: DateRange, other: DateRange): boolean {
  return one.from <= other.to && one.to >= other.from;
}
