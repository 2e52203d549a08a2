import type { StoredSeries } from '../../store/bar-series.ts';
import { indexFrom, type SessionDays } from '../../domain/session-days.ts';

/** The rows of a series: its bars, and a hole for each session that was expected and has none. */
export interface SeriesRows {
  /** Days since 1970-01-01. */
  readonly days: Int32Array;
  /** Which of the bars a row is, counted from 0; `hole` for none. */
  readonly barAt: Int32Array;
}

export const hole = -1;

interface Expected {
  readonly sessions: SessionDays;
  /** The last day on which a session was expected. */
  readonly end: number;
  /** Days of sessions that are known to have no bar. */
  readonly absent: ReadonlySet<number>;
  /** How many sessions were expected. */
  readonly count: number;
}

/** Merges the days of the bars with the sessions that were expected from the first bar on. */
export function seriesRows({ day }: StoredSeries, { sessions, end, absent, count }: Expected): SeriesRows {
  const most = day.length + count;
  const [days, barAt] = [new Int32Array(most), new Int32Array(most)];
  let [rows, bar, session] = [0, 0, indexFrom(sessions, day[0] ?? Infinity)];
  for (;;) {
    const [barDay, sessionDay] = [day[bar] ?? Infinity, sessions[session] ?? Infinity];
    if (barDay === Infinity && sessionDay > end) break;
    if (barDay <= sessionDay || !absent.has(sessionDay)) {
      days[rows] = Math.min(barDay, sessionDay);
      barAt[rows] = barDay <= sessionDay ? bar : hole;
      rows += 1;
    }
    if (barDay <= sessionDay) bar += 1;
    if (sessionDay <= barDay) session += 1;
  }
  return { days: days.slice(0, rows), barAt: barAt.subarray(0, rows) };
}
