import type { SessionDate } from '../domain/session.ts';
import { createArena, type Arena } from './arena.ts';
import { firstRow, type Indicator } from './indicator.ts';
import { checkSeries, priceColumns, rowsOf, type PriceColumn, type PriceSeries } from './price-series.ts';
import { indicators as allIndicators } from './registry.ts';

/** Why a row lacks values: `partial`, they would remember a hole; `warming_up`, there are not enough bars before. */
type MissingReason = 'partial' | 'warming_up';

/** One row for each of the series. */
export interface IndicatorTable {
  readonly sessions: readonly SessionDate[];
  /** By column; NaN where there is no value. */
  readonly numbers: ReadonlyMap<string, Float64Array>;
  /** By column, the patterns found, sorted; empty for none, null where there is no value. */
  readonly names: ReadonlyMap<string, readonly (readonly string[] | null)[]>;
  /** Null where every value is there; `partial` where filling a hole would bring one. */
  readonly reasons: readonly (MissingReason | null)[];
}

/** How to compute. */
interface ComputeOptions {
  /** Where the columns get their memory: the table lasts no longer than until its restart. One of its own when absent. */
  readonly arena?: Arena;
  /** All of the registry when absent. */
  readonly indicators?: readonly Indicator[];
}

/**
 * Computes the indicators of a series. What is not finite counts as a hole for those that need it: a windowed value
 * lacks while the hole is in its window, a recursive one from the hole on. Throws a RangeError for a malformed series.
 */
export function computeIndicators(
  series: PriceSeries,
  { arena = createArena(), indicators = allIndicators }: ComputeOptions = {},
): IndicatorTable {
  checkSeries(series);
  const { sessions } = series;
  const rows = sessions.length;
  const warmUp = indicators.reduce((rows, indicator) => Math.max(rows, firstRow(indicator)), 0);
  const reasons = sessions.map((_, row): MissingReason | null => (row < warmUp ? 'warming_up' : null));
  const numbers = new Map<string, Float64Array>();
  const names = new Map<string, readonly (readonly string[] | null)[]>();
  const runsFor = runFinder(series);
  for (const indicator of indicators) {
    const runs = runsFor(indicator.needs);
    const whole = runs[0]?.from === 0 && runs[0].end === rows;
    const computed = whole
      ? indicator.compute(arena, series)
      : computeRuns(arena, indicator, { series, runs });
    if (!whole) markPartial(reasons, indicator, computed);
    for (const [at, column] of indicator.columns.entries()) {
      const values = computed[at] ?? new Float64Array();
      if (indicator.namesOf) names.set(column, namesOfAll(arena, values, indicator.namesOf));
      else numbers.set(column, values);
    }
  }
  return { sessions, numbers, names, reasons };
}

/** Rows without a hole, `from` up to, not including, `end`. */
interface Run {
  readonly from: number;
  readonly end: number;
}

/** Finds the runs of what an indicator needs, once for all that need the same. */
function runFinder(series: PriceSeries): (needs: readonly PriceColumn[]) => readonly Run[] {
  const known = new Map<string, readonly Run[]>();
  const whole = new Set(priceColumns.filter((column) => isWhole(series[column])));
  const allRows = [{ from: 0, end: series.sessions.length }];
  return (needs) => {
    if (needs.every((column) => whole.has(column))) return allRows;
    const key = needs.join();
    const runs = known.get(key) ?? findRuns(needs.map((column) => series[column]));
    known.set(key, runs);
    return runs;
  };
}

function findRuns(columns: readonly Float64Array[]): readonly Run[] {
  const rows = columns[0]?.length ?? 0;
  const runs: Run[] = [];
  let from = 0;
  for (let row = 0; row <= rows; row += 1) {
    if (row < rows && columns.every((column) => Number.isFinite(column[row]))) continue;
    if (from < row) runs.push({ from, end: row });
    from = row + 1;
  }
  return runs;
}

function isWhole(column: Float64Array): boolean {
  for (let row = 0; row < column.length; row += 1) if (!Number.isFinite(column[row])) return false;
  return true;
}

function computeRuns(
  arena: Arena,
  { columns, memory, compute }: Indicator,
  { series, runs }: { readonly series: PriceSeries; readonly runs: readonly Run[] },
): readonly Float64Array[] {
  const rows = series.sessions.length;
  const results = columns.map(() => arena.newColumn(rows));
  for (const { from, end } of runs) {
    if (memory.kind === 'recursive' && from > 0) break;
    const part = compute(arena, rowsOf(series, from, end));
    for (const [at, result] of results.entries()) result.set(part[at] ?? [], from);
  }
  return results;
}

/** All columns of one indicator have values in the same rows. */
function markPartial(
  reasons: (MissingReason | null)[],
  indicator: Indicator,
  [values = new Float64Array()]: readonly Float64Array[],
): void {
  for (let row = firstRow(indicator); row < values.length; row += 1)
    if (Number.isNaN(values[row])) reasons[row] = 'partial';
}

function namesOfAll(
  arena: Arena,
  values: Float64Array,
  tell: (value: number) => readonly string[],
): readonly (readonly string[] | null)[] {
  const names: (readonly string[] | null)[] = [];
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] ?? NaN;
    names.push(Number.isNaN(value) ? null : arena.namesOf(tell, value));
  }
  return names;
}
