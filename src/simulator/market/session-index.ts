import { dayNumber, type DateRange } from '../../domain/date-range.ts';
import { exchangeInstant } from '../../domain/exchange-time.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { SessionCalendar } from './market-source.ts';
import { firstAtOrAfter } from './sorted-search.ts';

const usualOpenMinutes = 9 * 60 + 30;
const usualCloseMinutes = 16 * 60;

/** A session with its day number, which is worth keeping: every bar is computed from it. */
export interface SessionDay {
  readonly session: SessionDate;
  readonly day: number;
}

interface YearOfSessions {
  readonly days: readonly SessionDay[];
  readonly opensAtMs: ReadonlyMap<SessionDate, number>;
  readonly closesAtMs: ReadonlyMap<SessionDate, number>;
}

const dateOf = ({ session }: SessionDay) => session;

/** The calendar's sessions, asked for once a year of them, so that the hot path never computes a calendar. */
export function createSessionIndex(calendar: SessionCalendar) {
  const years = new Map<number, YearOfSessions>();

  function sessionsOf(year: number): YearOfSessions {
    const known = years.get(year);
    if (known !== undefined) return known;
    const added = readYear(calendar, year);
    years.set(year, added);
    return added;
  }

  const includes = (date: SessionDate): boolean => sessionsOf(yearOf(date)).closesAtMs.has(date);

  /** The session before that date, null where the calendar's last year has none. */
  function previous(date: SessionDate): SessionDay | null {
    const { days } = sessionsOf(yearOf(date));
    const at = firstAtOrAfter(days, date, dateOf);
    return days[at - 1] ?? sessionsOf(yearOf(date) - 1).days.at(-1) ?? null;
  }

  return {
    includes,
    previous,

    /** Sessions of the range, oldest first. */
    between({ from, to }: DateRange): readonly SessionDay[] {
      const days: SessionDay[] = [];
      for (let year = yearOf(from); year <= yearOf(to); year += 1) {
        const all = sessionsOf(year).days;
        for (let at = firstAtOrAfter(all, from, dateOf); at < all.length; at += 1) {
          const day = all[at];
          if (day === undefined || day.session > to) break;
          days.push(day);
        }
      }
      return days;
    },

    /** The session on that date or the next one; null where the calendar has none within two years. */
    onOrAfter(date: SessionDate): SessionDay | null {
      const { days } = sessionsOf(yearOf(date));
      return days[firstAtOrAfter(days, date, dateOf)] ?? sessionsOf(yearOf(date) + 1).days[0] ?? null;
    },

    /** The open by the calendar; 09:30 New York for a date that is no session. */
    opensAtMs: (date: SessionDate): number =>
      sessionsOf(yearOf(date)).opensAtMs.get(date) ?? exchangeInstant(date, usualOpenMinutes),

    /** The close by the calendar; 16:00 New York for a date that is no session. */
    closesAtMs: (date: SessionDate): number =>
      sessionsOf(yearOf(date)).closesAtMs.get(date) ?? exchangeInstant(date, usualCloseMinutes),

    /** The date itself where it is a session, or the one before it. */
    sessionUpTo: (date: SessionDate): SessionDate | null =>
      includes(date) ? date : (previous(date)?.session ?? null),
  };
}

function readYear(calendar: SessionCalendar, year: number): YearOfSessions {
  const sessions = calendar.sessionsBetween({ from: `${year}-01-01`, to: `${year}-12-31` });
  return {
    days: sessions.map(({ session }) => ({ session, day: dayNumber(session) })),
    opensAtMs: new Map(sessions.map(({ session, opensAt }) => [session, Date.parse(opensAt)])),
    closesAtMs: new Map(sessions.map(({ session, closesAt }) => [session, Date.parse(closesAt)])),
  };
}

function yearOf(date: SessionDate): number {
  return Number(date.slice(0, 4));
}
