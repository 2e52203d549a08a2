import { dayNumber } from '../../src/domain/date-range.ts';
import type { EffectiveSplit, SeriesDigest, SignedSeries } from '../../src/domain/indicator-freshness.ts';
import type { SessionDate } from '../../src/domain/session.ts';
import type { PriceSeries } from '../../src/indicators/price-series.ts';
import { asTraded, type BarColumns } from '../../src/store/bar-series.ts';
import type { InstrumentWork } from './batch-work.ts';
import { countSessions, dateOf, expectedThrough, indexFrom, type SessionDays } from './expected-days.ts';
import { signOfDay, signOfHole, signWith } from './row-signs.ts';

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
  readonly bars: BarColumns;
  /** Rows of the instrument in `bars`, oldest first; one at least. */
  readonly rows: Int32Array;
  readonly calendar: SessionDays;
  /** The last day of the series. */
  readonly through: number;
}

/** Joins the bars of one instrument with the sessions that were expected of it. */
export function assembleSeries(work: InstrumentWork, source: SeriesSource): AssembledSeries {
  const { bars, rows, calendar, through } = source;
  const dayAt = (at: number) => bars.day[rows[at] ?? -1] ?? Infinity;
  const [first, last] = [dayAt(0), dayAt(rows.length - 1)];
  const end = expectedThrough(work.listedUntil, last, through);
  const absent = new Set(work.absences.map(dayNumber));
  const expected = countSessions(calendar, first, end);
  const builder = seriesBuilder(bars, work.splits, rows.length + expected);
  let session = indexFrom(calendar, first);
  let at = 0;
  for (;;) {
    const [bar, next] = [dayAt(at), calendar[session] ?? Infinity];
    if (bar === Infinity && next > end) break;
    if (bar <= next) builder.bar(rows[at] ?? -1);
    else if (!absent.has(next)) builder.hole(next);
    if (bar <= next) at += 1;
    if (next <= bar) session += 1;
  }
  return builder.end({ absences: absent.size, expected });
}

/** Collects rows; `most` is how many there can be. */
function seriesBuilder(bars: BarColumns, splits: readonly EffectiveSplit[], most: number) {
  const column = () => new Float64Array(most);
  const [open, high, low, close, volume] = [column(), column(), column(), column(), column()];
  const [days, signs] = [new Int32Array(most), new Int32Array(most)];
  const factorsOf = splitFactors(splits);
  let [rows, missing, firstMissing] = [0, 0, Infinity];
  let [observedSum, basisSum, count] = [0, 0, 0];

  const noteHole = (day: number) => {
    missing += 1;
    firstMissing = Math.min(firstMissing, day);
  };

  return {
    bar(row: number): void {
      const day = bars.day[row] ?? NaN;
      const { own, today } = factorsOf(day, bars.basis[row] ?? asTraded);
      const [o = NaN, h = NaN] = [bars.open[row], bars.high[row]];
      const [l = NaN, c = NaN, v = NaN] = [bars.low[row], bars.close[row], bars.volume[row]];
      open[rows] = o * today;
      high[rows] = h * today;
      low[rows] = l * today;
      close[rows] = c * today;
      volume[rows] = v / today;
      days[rows] = day;
      const prices = signWith(
        signWith(signWith(signWith(signOfDay(day), o * own), h * own), l * own),
        c * own,
      );
      signs[rows] = signWith(prices, v / own);
      rows += 1;
      count += 1;
      observedSum += bars.observedPart[row] ?? 0;
      basisSum += bars.basisPart[row] ?? 0;
      if (!Number.isFinite(o + h + l + c + v)) noteHole(day);
    },
    hole(day: number): void {
      for (const values of [open, high, low, close, volume]) values[rows] = NaN;
      days[rows] = day;
      signs[rows] = signOfHole(day);
      rows += 1;
      noteHole(day);
    },
    end(known: { readonly absences: number; readonly expected: number }): AssembledSeries {
      const cut = (values: Float64Array) => values.subarray(0, rows);
      const sessions = datesOf(days, rows);
      return {
        sessions,
        series: {
          sessions,
          open: cut(open),
          high: cut(high),
          low: cut(low),
          close: cut(close),
          volume: cut(volume),
        },
        days: days.subarray(0, rows),
        signs: signs.slice(0, rows),
        digest: { bars: count, observedSum, basisSum, ...known },
        missing,
        firstMissing: missing > 0 ? dateOf(firstMissing) : null,
      };
    },
  };
}

/** A loop: `Array.from` takes several times as long for typed arrays. */
function datesOf(days: Int32Array, rows: number): readonly SessionDate[] {
  const dates: SessionDate[] = [];
  for (let row = 0; row < rows; row += 1) dates.push(dateOf(days[row] ?? NaN));
  return dates;
}

/** What stored prices of a day are multiplied by, to be those of its own shares, and those of today's. */
interface Factors {
  readonly own: number;
  readonly today: number;
}

const unchanged: Factors = { own: 1, today: 1 };

/** As market.adjustment() does for `split`. */
function splitFactors(splits: readonly EffectiveSplit[]): (day: number, basis: number) => Factors {
  if (splits.length === 0) return () => unchanged;
  const known = splits.map(({ exDate, ratio, spinOff }) => ({ exDay: dayNumber(exDate), ratio, spinOff }));
  return (day, basis) => {
    let [own, later] = [1, 1];
    for (const { exDay, ratio, spinOff } of known) {
      if (exDay <= day) continue;
      if (exDay <= basis) own *= ratio;
      if (!spinOff) later *= ratio;
    }
    return { own, today: own / later };
  };
}
