import { sessionDatesBetween } from '../../calendar/exchange-calendar.ts';
import { addDays, dayNumber } from '../../domain/date-range.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
import { finalThrough } from '../../domain/finality.ts';
import type { Askable } from '../../domain/judge-cells.ts';
import { firstKnown, lastKnown, type SessionDate } from '../../domain/session.ts';
import { indexFrom } from '../../domain/session-days.ts';
import { sources } from '../../domain/source.ts';
import type { CoveredSeries } from './covered-series.ts';

/** The sessions that are looked over, with some around as evidence. */
export interface Window extends Askable {
  readonly dates: readonly SessionDate[];
  /** The places that are counted: from one to before the other. */
  readonly from: number;
  readonly to: number;
}

/** Of calendar days around: a hole is told from silence by what lies beside it. */
const daysAround = 45;

/** The window of a range: what is final at an instant, epoch milliseconds, and what the source still keeps. */
export function coveredWindow(
  { source, interval, range }: Omit<CoveredSeries, 'instruments'>,
  nowMs: number,
): Window {
  const [early, late] = [addDays(range.from, -daysAround), addDays(range.to, daysAround)];
  const dates = sessionDatesBetween({
    from: early < firstKnown ? firstKnown : early,
    to: late > lastKnown ? lastKnown : late,
  });
  const sessions = Int32Array.from(dates, dayNumber);
  const keptDays = sources[source].intervals[interval]?.keptDays ?? null;
  const oldest = keptDays === null ? firstKnown : addDays(exchangeDate(nowMs), -keptDays);
  return {
    dates,
    sessions,
    first: indexFrom(sessions, dayNumber(oldest)),
    end: indexFrom(sessions, finalThrough(source, nowMs) + 1),
    from: indexFrom(sessions, dayNumber(range.from)),
    to: indexFrom(sessions, dayNumber(range.to) + 1),
  };
}
