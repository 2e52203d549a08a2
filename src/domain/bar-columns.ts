import type { DailyBar, IntradayBar } from './bar.ts';
import { dateOfDayNumber } from './date-range.ts';

/** Bars side by side, a column a value and a row a bar. */
export interface BarColumns {
  readonly length: number;
  /** The session of each bar, days since 1970-01-01. */
  readonly day: Int32Array;
  /** When each bar begins, epoch milliseconds; null: they are whole sessions. */
  readonly opensAtMs: Float64Array | null;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  /** Not a number where the provider gives none. */
  readonly vwap: Float64Array;
  /** Not a number where the provider gives none. */
  readonly trades: Float64Array;
}

/** Those bars of which `keep` is true of the row; the same columns where it is of all. */
export function filterBars(bars: BarColumns, keep: (row: number) => boolean): BarColumns {
  const rows = new Int32Array(bars.length);
  let kept = 0;
  for (let row = 0; row < bars.length; row += 1) if (keep(row)) rows[kept++] = row;
  return kept === bars.length ? bars : barsAt(bars, rows.subarray(0, kept));
}

/** The bars of some rows, in the order of these. */
export function barsAt(bars: BarColumns, rows: Int32Array): BarColumns {
  const at = (column: Float64Array) => Float64Array.from(rows, (row) => column[row] ?? NaN);
  const day = Int32Array.from(rows, (row) => bars.day[row] ?? 0);
  return mapBars(bars, { length: rows.length, day, numbers: at });
}

/** The bars of the rows from `begin` up to before `end`; it shares their memory. */
export function sliceBars(bars: BarColumns, begin: number, end: number): BarColumns {
  const day = bars.day.subarray(begin, end);
  return mapBars(bars, { length: day.length, day, numbers: (column) => column.subarray(begin, end) });
}

/** Bars of which each column of numbers is made anew, those that are null left out. */
export function mapBars(
  { opensAtMs, open, high, low, close, volume, vwap, trades }: BarColumns,
  {
    numbers,
    ...rest
  }: Pick<BarColumns, 'length' | 'day'> & { readonly numbers: (column: Float64Array) => Float64Array },
): BarColumns {
  return {
    ...rest,
    opensAtMs: opensAtMs === null ? null : numbers(opensAtMs),
    open: numbers(open),
    high: numbers(high),
    low: numbers(low),
    close: numbers(close),
    volume: numbers(volume),
    vwap: numbers(vwap),
    trades: numbers(trades),
  };
}

/** True when two rows carry the same session and the same values. */
export function sameRow(bars: BarColumns, one: number, other: number): boolean {
  return (
    bars.day[one] === bars.day[other] &&
    bars.open[one] === bars.open[other] &&
    bars.high[one] === bars.high[other] &&
    bars.low[one] === bars.low[other] &&
    bars.close[one] === bars.close[other] &&
    bars.volume[one] === bars.volume[other] &&
    sameOrNone(bars.vwap[one], bars.vwap[other]) &&
    sameOrNone(bars.trades[one], bars.trades[other])
  );
}

function sameOrNone(one = NaN, other = NaN): boolean {
  return one === other || (Number.isNaN(one) && Number.isNaN(other));
}

/** One row as an object. Throws `RangeError` where there is none. */
export function barAt(bars: BarColumns, row: number): DailyBar | IntradayBar {
  if (!(row >= 0 && row < bars.length)) throw new RangeError(`no row ${row} among ${bars.length} bars`);
  const value = (column: Float64Array) => column[row] ?? NaN;
  const told = (column: Float64Array) => (Number.isNaN(value(column)) ? null : value(column));
  const bar: DailyBar = {
    session: dateOfDayNumber(bars.day[row] ?? NaN),
    open: value(bars.open),
    high: value(bars.high),
    low: value(bars.low),
    close: value(bars.close),
    volume: value(bars.volume),
    vwap: told(bars.vwap),
    trades: told(bars.trades),
  };
  if (bars.opensAtMs === null) return bar;
  return { ...bar, opensAt: new Date(value(bars.opensAtMs)).toISOString() };
}

/** The rows as objects: for where there are few of them. */
export function barsOf(bars: BarColumns): readonly (DailyBar | IntradayBar)[] {
  return Array.from({ length: bars.length }, (_, row) => barAt(bars, row));
}
