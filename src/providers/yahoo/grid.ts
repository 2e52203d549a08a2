import type { DateRange } from '../../domain/date-range.ts';
import { dayNumber } from '../../domain/date-range.ts';
import { exchangeDay } from '../../domain/exchange-time.ts';
import { barLengthMs, isIntraday, type Interval } from '../../domain/interval.ts';
import type { Session } from '../../domain/session.ts';
import { MalformedResponse } from '../../domain/provider-errors.ts';
import { newYork, zonedDate } from './zoned-date.ts';

/** Why a row is no bar: of a day that was not asked for, or at no time at which a bar begins. */
export type Misplaced = 'outside' | 'offSession';

/** The session (days since 1970-01-01) of the bar whose row is stamped with that instant, epoch milliseconds. */
export type Grid = (instantMs: number) => number | Misplaced;

interface GridSpace {
  readonly interval: Interval;
  readonly range: DateRange;
  readonly timeZone: string;
  readonly sessionsBetween: (range: DateRange) => readonly Session[];
}

/** Where the bars of an answer belong. Days of other time zones than New York have no calendar here, and count as they come. */
export function gridOf(space: GridSpace): Grid {
  if (isIntraday(space.interval)) return intradayGrid(space);
  const { range, timeZone, sessionsBetween } = space;
  const dayOf = dayIn(timeZone);
  const isWithin = within(range);
  const sessions =
    timeZone === newYork ? new Set(sessionsBetween(range).map(({ session }) => dayNumber(session))) : null;
  return (instantMs) => {
    const day = dayOf(instantMs);
    if (!isWithin(day)) return 'outside';
    return (sessions?.has(day) ?? true) ? day : 'offSession';
  };
}

function intradayGrid({ interval, range, timeZone, sessionsBetween }: GridSpace): Grid {
  if (timeZone !== newYork)
    throw new MalformedResponse('bars within the day of another market than New York');
  const isWithin = within(range);
  const sessions = new Map(
    sessionsBetween(range).map(({ session, opensAt, closesAt }) => {
      const [opensMs, closesMs] = [Date.parse(opensAt), Date.parse(closesAt)];
      const lengthMs = barLengthMs(interval, opensMs, closesMs);
      return [dayNumber(session), { opensMs, closesMs, lengthMs }];
    }),
  );
  return (instantMs) => {
    const day = exchangeDay(instantMs);
    if (!isWithin(day)) return 'outside';
    const session = sessions.get(day);
    if (session === undefined) return 'offSession';
    const { opensMs, closesMs, lengthMs } = session;
    const isBegin = instantMs >= opensMs && instantMs < closesMs && (instantMs - opensMs) % lengthMs === 0;
    return isBegin ? day : 'offSession';
  };
}

function within({ from, to }: DateRange): (day: number) => boolean {
  const [first, last] = [dayNumber(from), dayNumber(to)];
  return (day) => day >= first && day <= last;
}

function dayIn(timeZone: string): (instantMs: number) => number {
  return timeZone === newYork ? exchangeDay : (instantMs) => dayNumber(zonedDate(instantMs, timeZone));
}
