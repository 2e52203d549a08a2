import { blockedRows, blockedSum } from '../../domain/blocked.ts';
import type { SeriesDigest, SignedSeries } from '../../domain/indicator-freshness.ts';
import type { SessionDate } from '../../domain/session.ts';
import { countSessions, sessionsIn, type SessionDays } from '../../domain/session-days.ts';
import type { Arena } from '../../indicators/arena.ts';
import type { Prices, PriceSeries } from '../../indicators/price-series.ts';
import type { StoredSeries } from '../../store/bar-series.ts';
import type { InstrumentWork } from './batch-work.ts';
import { dateOf, expectedThrough } from './expected-days.ts';
import { signRows } from './row-signs.ts';
import { hole, seriesRows, type SeriesRows } from './series-rows.ts';
import { splitFactors, type SplitFactors } from '../../domain/adjustment.ts';

/** The whole history of an instrument, split-adjusted, with a row of NaN for each missing session. */
export interface AssembledSeries extends SignedSeries {
  readonly series: PriceSeries;
  /** Days since 1970-01-01, one a row. */
  readonly days: Int32Array;
  readonly digest: SeriesDigest;
  readonly missing: number;
  readonly firstMissing: SessionDate | null;
}

interface SeriesSource {
  /** Where the prices get their memory. */
  readonly arena: Arena;
  readonly bars: StoredSeries;
  readonly calendar: SessionDays;
  /** The last day of the series. */
  readonly through: number;
}

/** Joins the bars of one instrument with the sessions that were expected of it. */
export function assembleSeries(work: InstrumentWork, source: SeriesSource): AssembledSeries {
  const { arena, bars, calendar, through } = source;
  const [first = NaN, last = NaN] = [bars.day.at(0), bars.day.at(-1)];
  const end = expectedThrough(work.listedUntil, last, through);
  const expected = countSessions(calendar, first, end);
  const absent = new Set(sessionsIn(calendar, work.absences).filter((day) => day > first));
  const rows = seriesRows(bars, { sessions: calendar, end, absent, count: expected });
  const factors = splitFactors(work.splits, bars);
  const sessions = datesOf(rows.days);
  const blocked = blockedRows(work.blocked, rows.days);
  const { observedSum, basisSum, day } = bars;
  return {
    sessions,
    series: { sessions, ...adjustedPrices(arena, bars, { rows, factors }), blocked },
    days: rows.days,
    signs: signRows(bars, rows, { own: factors?.own, blocked }),
    digest: {
      ...{ bars: day.length, observedSum, basisSum, absences: absent.size, expected },
      blockedSum: blockedSum(work.blocked, through),
    },
    ...missingOf(bars, rows),
  };
}

/** The prices in today's shares, a row each. */
function adjustedPrices(
  arena: Arena,
  bars: StoredSeries,
  { rows: { barAt }, factors }: { readonly rows: SeriesRows; readonly factors: SplitFactors | null },
): Prices {
  if (factors === null && barAt.length === bars.day.length) return bars;
  const column = () => arena.newColumn(barAt.length);
  const [open, high, low, close, volume] = [column(), column(), column(), column(), column()];
  for (const [row, bar] of barAt.entries()) {
    if (bar === hole) continue;
    const factor = factors?.today[bar] ?? 1;
    open[row] = (bars.open[bar] ?? NaN) * factor;
    high[row] = (bars.high[bar] ?? NaN) * factor;
    low[row] = (bars.low[bar] ?? NaN) * factor;
    close[row] = (bars.close[bar] ?? NaN) * factor;
    volume[row] = (bars.volume[bar] ?? NaN) / factor;
  }
  return { open, high, low, close, volume };
}

/** The sessions without a bar, or with one that has no number. */
function missingOf(
  { open, high, low, close, volume }: StoredSeries,
  { days, barAt }: SeriesRows,
): { readonly missing: number; readonly firstMissing: SessionDate | null } {
  let [missing, first] = [0, NaN];
  for (let row = barAt.length - 1; row >= 0; row -= 1) {
    const bar = barAt[row] ?? hole;
    const sum =
      (open[bar] ?? NaN) +
      (high[bar] ?? NaN) +
      (low[bar] ?? NaN) +
      (close[bar] ?? NaN) +
      (volume[bar] ?? NaN);
    if (Number.isFinite(sum)) continue;
    missing += 1;
    first = days[row] ?? NaN;
  }
  return { missing, firstMissing: missing > 0 ? dateOf(first) : null };
}

/** A loop: `Array.from` takes several times as long for typed arrays. */
function datesOf(days: Int32Array): readonly SessionDate[] {
  const dates: SessionDate[] = [];
  for (let row = 0; row < days.length; row += 1) dates.push(dateOf(days[row] ?? NaN));
  return dates;
}
