import { addDays, dayNumber, dateOfDayNumber, type DateRange } from '../domain/date-range.ts';
import { exchangeDate, exchangeInstant } from '../domain/exchange-time.ts';
import type { Session, SessionDate } from '../domain/session.ts';
import { adHocClosures } from './closures.ts';
import { earlyCloses, earlyCloseMinute } from './early-closes.ts';
import { calendarDate, regularHolidays, saturday, sunday, weekday } from './holidays.ts';

const firstYear = 1990;
const lastYear = 2199;
const opensAtMinute = 9 * 60 + 30;
const closesAtMinute = 16 * 60;

/** A date that the calendar does not cover. */
export class OutsideCalendar extends RangeError {
  override readonly name = 'OutsideCalendar';
  readonly remedy = `choose dates from ${firstYear}-01-01 to ${lastYear}-12-31`;
  constructor(date: SessionDate) {
    super(`the exchange calendar does not know ${date}: it goes from ${firstYear} to ${lastYear}`);
  }
}

const years = new Map<number, readonly Session[]>();

function sessionsOfYear(year: number): readonly Session[] {
  const known = years.get(year);
  if (known !== undefined) return known;
  const closed = new Set([...regularHolidays(year), ...adHocClosures.keys()]);
  const early = earlyCloses(year);
  const sessions: Session[] = [];
  const end = dayNumber(calendarDate(year + 1, 1, 1));
  for (let day = dayNumber(calendarDate(year, 1, 1)); day < end; day += 1) {
    const date = dateOfDayNumber(day);
    const isOpen = weekday(date) !== sunday && weekday(date) !== saturday && !closed.has(date);
    if (isOpen) sessions.push(sessionAt(date, early.has(date)));
  }
  years.set(year, sessions);
  return sessions;
}

function sessionAt(session: SessionDate, earlyClose: boolean): Session {
  const instant = (minute: number) => new Date(exchangeInstant(session, minute)).toISOString();
  const closesAt = instant(earlyClose ? earlyCloseMinute(session) : closesAtMinute);
  return { session, opensAt: instant(opensAtMinute), closesAt, earlyClose };
}

function yearOf(date: SessionDate): number {
  const year = Number(date.slice(0, 4));
  if (year >= firstYear && year <= lastYear) return year;
  throw new OutsideCalendar(date);
}

/** The sessions of a range, oldest first; throws `OutsideCalendar`. */
export function sessionsBetween({ from, to }: DateRange): readonly Session[] {
  const [first, last] = [yearOf(from), yearOf(to)];
  const sessions: Session[] = [];
  for (let year = first; year <= last; year += 1) {
    for (const session of sessionsOfYear(year)) {
      if (session.session >= from && session.session <= to) sessions.push(session);
    }
  }
  return sessions;
}

/** The session on a date, null when the exchange is closed all day. */
export function sessionOn(date: SessionDate): Session | null {
  return sessionsOfYear(yearOf(date)).find(({ session }) => session === date) ?? null;
}

/** No stretch without a session is longer: after September 11 there were six days. */
const longestClosure = 14;

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
