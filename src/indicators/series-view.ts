import { fieldBits } from '../domain/blocked.ts';
import { priceColumns, type PriceColumn, type PriceSeries, type Prices } from './price-series.ts';

/** Rows without a hole, `from` up to, not including, `end`. */
export interface WholeRows {
  readonly from: number;
  readonly end: number;
}

/** A series as an indicator sees it. */
export interface SeriesView {
  readonly series: Prices;
  /** Without holes; null: there is none. */
  readonly runs: readonly WholeRows[] | null;
  /** Which rows of the whole series these are; null: all. */
  readonly rows: Int32Array | null;
  /** The others. */
  readonly blocked: readonly number[];
}

/** What is common to all that some blocked fields mean the same to. */
interface OpenRows extends Pick<SeriesView, 'series' | 'rows' | 'blocked'> {
  readonly whole: ReadonlySet<PriceColumn>;
}

/** Finds what an indicator sees of a series, by what it needs; once for all that need the same. */
export function viewFinder(series: PriceSeries): (needs: readonly PriceColumn[]) => SeriesView {
  const opened = new Map<number, OpenRows>();
  const views = new Map<string, SeriesView>();
  const anyBlocked = series.blocked?.reduce((all, bits) => all | bits, 0) ?? 0;
  const openFor = (bits: number): OpenRows => {
    const known = opened.get(bits);
    if (known !== undefined) return known;
    const open = bits === 0 ? allRows(series) : openRows(series, bits);
    opened.set(bits, open);
    return open;
  };
  return (needs) => {
    const key = needs.join();
    const known = views.get(key);
    if (known !== undefined) return known;
    const { whole, ...open } = openFor(fieldBits(needs) & anyBlocked);
    const isWhole = needs.every((column) => whole.has(column));
    const view = { ...open, runs: isWhole ? null : findRuns(needs.map((column) => open.series[column])) };
    views.set(key, view);
    return view;
  };
}

function allRows(series: PriceSeries): OpenRows {
  return { series, rows: null, blocked: [], whole: wholeColumns(series) };
}

/** The rows of which none of some fields is blocked. */
function openRows(all: PriceSeries, bits: number): OpenRows {
  const rows: number[] = [];
  const blocked: number[] = [];
  for (const [row, own] of (all.blocked ?? []).entries()) {
    if ((own & bits) === 0) rows.push(row);
    else blocked.push(row);
  }
  const open = Int32Array.from(rows);
  const column = (values: Float64Array) => Float64Array.from(open, (row) => values[row] ?? NaN);
  const series = {
    ...{ open: column(all.open), high: column(all.high), low: column(all.low), close: column(all.close) },
    volume: column(all.volume),
  };
  return { series, rows: open, blocked, whole: wholeColumns(series) };
}

function wholeColumns(series: Prices): ReadonlySet<PriceColumn> {
  return new Set(priceColumns.filter((column) => isWhole(series[column])));
}

function isWhole(column: Float64Array): boolean {
  for (let row = 0; row < column.length; row += 1) if (!Number.isFinite(column[row])) return false;
  return true;
}

function findRuns(columns: readonly Float64Array[]): readonly WholeRows[] {
  const rows = columns[0]?.length ?? 0;
  const runs: WholeRows[] = [];
  let from = 0;
  for (let row = 0; row <= rows; row += 1) {
    if (row < rows && columns.every((column) => Number.isFinite(column[row]))) continue;
    if (from < row) runs.push({ from, end: row });
    from = row + 1;
  }
  return runs;
}
