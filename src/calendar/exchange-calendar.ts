import { addDays, dayNumber, dateOfDayNumber, type DateRange } from '../domain/date-range.ts';
import { exchangeDate, exchangeInstant } from '../domain/exchange-time.ts';
import {
  firstKnown,
  isInSessionYears,
  lastKnown,
  longestClosure,
  sessionYears,
  type Session,
  type SessionDate,
} from '../domain/session.ts';
import { adHocClosures } from './closures.ts';
import { earlyCloses, earlyCloseMinute } from './early-closes.ts';
import { irregularHours } from './irregular-hours.ts';
import { calendarDate, regularHolidays, saturday, sunday, weekday } from './holidays.ts';

const opensAtMinute = 9 * 60 + 30;
const closesAtMinute = 16 * 60;

/** A date that the calendar does not cover. */
export class OutsideCalendar extends RangeError {
  override readonly name = 'OutsideCalendar';
  readonly remedy = `choose dates from ${firstKnown} to ${lastKnown}`;
  constructor(date: SessionDate) {
    super(
      `the exchange calendar does not know ${date}: it goes from ${sessionYears.first} to ${sessionYears.last}`,
    );
  }
}

const datesByYear = new Map<number, readonly SessionDate[]>();

function datesOfYear(year: number): readonly SessionDate[] {
  const known = datesByYear.get(year);
  if (known !== undefined) return known;
  const closed = new Set([...regularHolidays(year), ...adHocClosures.keys()]);
  const dates: SessionDate[] = [];
  const end = dayNumber(calendarDate(year + 1, 1, 1));
  for (let day = dayNumber(calendarDate(year, 1, 1)); day < end; day += 1) {
    const date = dateOfDayNumber(day);
    const isOpen = weekday(date) !== sunday && weekday(date) !== saturday && !closed.has(date);
    if (isOpen) dates.push(date);
  }
  datesByYear.set(year, dates);
  return dates;
}

const daysByYear = new Map<number, Int32Array>();

function daysOfYear(year: number): Int32Array {
  const days = daysByYear.get(year) ?? Int32Array.from(datesOfYear(year), dayNumber);
  daysByYear.set(year, days);
  return days;
}

const sessionsByYear = new Map<number, readonly Session[]>();

function sessionsOfYear(year: number): readonly Session[] {
  const known = sessionsByYear.get(year);
  if (known !== undefined) return known;
  const early = earlyCloses(year);
  const sessions = datesOfYear(year).map((date) => sessionAt(date, early.has(date)));
  sessionsByYear.set(year, sessions);
  return sessions;
}

function sessionAt(session: SessionDate, closesEarlyByRule: boolean): Session {
  const instant = (minute: number) => new Date(exchangeInstant(session, minute)).toISOString();
  const byRule = closesEarlyByRule ? earlyCloseMinute(session) : closesAtMinute;
  const hours = { opensAtMinute, closesAtMinute: byRule, ...irregularHours.get(session) };
  return {
    session,
    opensAt: instant(hours.opensAtMinute),
    closesAt: instant(hours.closesAtMinute),
    earlyClose: hours.closesAtMinute < closesAtMinute,
  };
}

function yearOf(date: SessionDate): number {
  if (isInSessionYears(date)) return Number(date.slice(0, 4));
  throw new OutsideCalendar(date);
}

/** The sessions of a range, oldest first; throws `OutsideCalendar`. */
export function sessionsBetween(range: DateRange): readonly Session[] {
  const sessions = yearsOf(range).flatMap(sessionsOfYear);
  return sessions.filter(({ session }) => session >= range.from && session <= range.to);
}

/** Their dates alone, which take a tenth of the time; throws `OutsideCalendar`. */
export function sessionDatesBetween(range: DateRange): readonly SessionDate[] {
  return yearsOf(range)
    .flatMap(datesOfYear)
    .filter((date) => date >= range.from && date <= range.to);
}

/** Their dates as days since 1970-01-01; throws `OutsideCalendar`. */
export function sessionDaysBetween(range: DateRange): Int32Array {
  const [first, last] = [dayNumber(range.from), dayNumber(range.to)];
  return daysOfYears(yearsOf(range)).filter((day) => day >= first && day <= last);
}

/** The same, as far as the calendar goes. */
export function knownSessionDays({ from, to }: DateRange): Int32Array {
  return sessionDaysBetween({
    from: from < firstKnown ? firstKnown : from,
    to: to > lastKnown ? lastKnown : to,
  });
}

function daysOfYears(years: readonly number[]): Int32Array {
  const [only] = years;
  if (only !== undefined && years.length === 1) return daysOfYear(only);
  const parts = years.map(daysOfYear);
  const days = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    days.set(part, at);
    at += part.length;
  }
  return days;
}

function yearsOf({ from, to }: DateRange): readonly number[] {
  const [first, last] = [yearOf(from), yearOf(to)];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

/** The session on a date, null when the exchange is closed all day. */
export function sessionOn(date: SessionDate): Session | null {
  return sessionsOfYear(yearOf(date)).find(({ session }) => session === date) ?? null;
}

/** The last session that had closed by an instant. */
export function lastClosedSession(instant: Date): Session {
  const today = exchangeDate(instant.getTime());
  const recent = sessionsBetween({ from: addDays(today, -longestClosure), to: today });
  const closed = recent.findLast(({ closesAt }) => Date.parse(closesAt) <= instant.getTime());
  if (closed === undefined) throw new OutsideCalendar(today);
  return closed;
}

/**
 * The sessions due at a nominal time: dated from `daysBack` calendar days before it to its own exchange date, as far as
 * they had closed by then; when that is none, the last closed one.
 */
export function sessionsDue(nominal: Date, daysBack: number): readonly Session[] {
  const today = exchangeDate(nominal.getTime());
  const closed = sessionsBetween({ from: addDays(today, -daysBack), to: today }).filter(
    ({ closesAt }) => Date.parse(closesAt) <= nominal.getTime(),
  );
  return closed.length > 0 ? closed : [lastClosedSession(nominal)];
}

/** The calendar as a whole, for those that it is handed to. */
export const exchangeCalendar = { sessionsBetween, sessionOn, lastClosedSession, sessionsDue } as const;
