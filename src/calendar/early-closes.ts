import { addDays } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import { calendarDate, friday, monday, thanksgiving, thursday, weekday } from './holidays.ts';

/** The day after Thanksgiving: since 1992. */
function afterThanksgiving(year: number): SessionDate | null {
  return year >= 1992 ? addDays(thanksgiving(year), 1) : null;
}

/** Around Independence Day since 1995: July 3 from Monday to Thursday; July 5 when the 4th is a Thursday, until 2012. */
function independenceDay(year: number): SessionDate | null {
  if (year < 1995) return null;
  const fourth = weekday(calendarDate(year, 7, 4));
  if (fourth === thursday && year < 2013) return calendarDate(year, 7, 5);
  return fourth > monday && fourth <= friday ? calendarDate(year, 7, 3) : null;
}

/** Christmas Eve from Monday to Thursday; on a Friday it is the holiday itself. */
function christmasEve(year: number): SessionDate | null {
  const eve = calendarDate(year, 12, 24);
  const day = weekday(eve);
  return day >= monday && day <= thursday ? eve : null;
}

/** When an early close by rule is, in minutes after midnight New York: 13:00, until 1992 14:00. */
export function earlyCloseMinute(session: SessionDate): number {
  return (session < '1993-01-01' ? 14 : 13) * 60;
}

/** The sessions of a year that close early by rule. */
export function earlyCloses(year: number): ReadonlySet<SessionDate> {
  return new Set([afterThanksgiving, independenceDay, christmasEve].flatMap((rule) => rule(year) ?? []));
}
