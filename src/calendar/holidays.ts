import { addDays, dayNumber } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import { easterSunday } from './easter.ts';

export const [sunday, monday, thursday, friday, saturday] = [0, 1, 4, 5, 6] as const;

/** 0 is Sunday. 1970-01-01 was a Thursday. */
export function weekday(date: SessionDate): number {
  return (((dayNumber(date) + thursday) % 7) + 7) % 7;
}

export function calendarDate(year: number, month: number, day: number): SessionDate {
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function nth(year: number, month: number, day: number, count: number): SessionDate {
  const first = calendarDate(year, month, 1);
  return addDays(first, ((day - weekday(first) + 7) % 7) + 7 * (count - 1));
}

function lastMonday(year: number, month: number): SessionDate {
  const last = addDays(calendarDate(year, month + 1, 1), -1);
  return addDays(last, -((weekday(last) - monday + 7) % 7));
}

/** A holiday on a Saturday closes the Friday before, one on a Sunday the Monday after. */
function observed(date: SessionDate): SessionDate {
  const day = weekday(date);
  return day === saturday ? addDays(date, -1) : day === sunday ? addDays(date, 1) : date;
}

/** New Year's Day on a Saturday closes nothing: the Friday before ends the accounting year. */
function newYearsDay(year: number): SessionDate | null {
  const date = calendarDate(year, 1, 1);
  return weekday(date) === saturday ? null : observed(date);
}

function goodFriday(year: number): SessionDate {
  return addDays(calendarDate(year, ...easterSunday(year)), -2);
}

export function thanksgiving(year: number): SessionDate {
  return nth(year, 11, thursday, 4);
}

/** A regular holiday: when it closes the exchange in a year (NYSE Rule 7.2), null when not at all. */
type Holiday = (year: number) => SessionDate | null;

const holidays: readonly Holiday[] = [
  newYearsDay,
  // Martin Luther King Jr. Day: the exchange closes since 1998.
  (year) => (year >= 1998 ? nth(year, 1, monday, 3) : null),
  // Washington's Birthday
  (year) => nth(year, 2, monday, 3),
  goodFriday,
  // Memorial Day
  (year) => lastMonday(year, 5),
  // Juneteenth: since 2022.
  (year) => (year >= 2022 ? observed(calendarDate(year, 6, 19)) : null),
  // Independence Day
  (year) => observed(calendarDate(year, 7, 4)),
  // Labor Day
  (year) => nth(year, 9, monday, 1),
  thanksgiving,
  // Christmas
  (year) => observed(calendarDate(year, 12, 25)),
];

/** The weekdays of a year on which the exchange is closed by rule. */
export function regularHolidays(year: number): readonly SessionDate[] {
  return holidays.flatMap((holiday) => holiday(year) ?? []);
}
