import type { SessionDate } from '../domain/session.ts';

/** Hours of one session, in minutes after midnight New York; what is left out is as usual. */
interface Hours {
  readonly opensAtMinute?: number;
  readonly closesAtMinute?: number;
}

const at = (hour: number, minute = 0) => hour * 60 + minute;

/**
 * Hours that no rule gives, since 1990: late openings and early closes of the whole floor by the exchange's own list of
 * special closings (Stocks.NYSE-Closings.pdf, as pandas_market_calendars 5.5.0 cites it). Openings a minute or two late,
 * after a silence, are left out: bars begin at 9:30 all the same.
 */
export const irregularHours: ReadonlyMap<SessionDate, Hours> = new Map([
  // A snowstorm.
  ['1994-02-11', { closesAtMinute: at(14, 30) }],
  // Computer trouble.
  ['1995-12-18', { opensAtMinute: at(10, 30) }],
  // A snowstorm.
  ['1996-01-08', { opensAtMinute: at(11), closesAtMinute: at(14) }],
  // The second circuit breaker, at 15:30, left no time to go on.
  ['1997-10-27', { closesAtMinute: at(15, 30) }],
  // The day after Christmas, a Friday.
  ['1997-12-26', { closesAtMinute: at(13) }],
  // Time for Y2K: not in that list, but closed at 13:00 by exchange_calendars and by the press ("the stock market closed at
  // 1 p.m. on the final trading day of 1999", Benzinga, 2021-12-24).
  ['1999-12-31', { closesAtMinute: at(13) }],
  // The first anniversary of September 11.
  ['2002-09-11', { opensAtMinute: at(12) }],
  // The day after Christmas, a Friday.
  ['2003-12-26', { closesAtMinute: at(13) }],
  // System trouble.
  ['2005-06-01', { closesAtMinute: at(15, 56) }],
]);
