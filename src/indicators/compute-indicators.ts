import type { MissingReason } from '../domain/blocked.ts';
import type { SessionDate } from '../domain/session.ts';
import { createArena, type Arena } from './arena.ts';
import { firstRow, type Indicator } from './indicator.ts';
import { checkSeries, rowsOf, type Prices, type PriceSeries } from './price-series.ts';
import { viewFinder, type WholeRows, type SeriesView } from './series-view.ts';
import { indicators as allIndicators } from './registry.ts';

/** One row for each of the series. */
export interface IndicatorTable {
  readonly sessions: readonly SessionDate[];
  /** By column; NaN where there is no value. */
  readonly numbers: ReadonlyMap<string, Float64Array>;
  /** By column, the patterns found, sorted; empty for none, null where there is no value. */
  readonly names: ReadonlyMap<string, readonly (readonly string[] | null)[]>;
  /** Null where every value is there; `partial` where filling a hole would bring one, `blocked` on a blocked row. */
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
 * lacks while the hole is in its window, a recursive one from the hole on. A row of which a needed field is blocked counts
 * as no trade: it has no value, and those after it are as if it were not there. Throws a RangeError for a malformed series.
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
  const viewFor = viewFinder(series);
  for (const indicator of indicators) {
    const view = viewFor(indicator.needs);
    const computed = computeView(arena, indicator, view);
    markReasons(reasons, indicator, view, computed[0]);
    for (const [at, column] of indicator.columns.entries()) {
      const part = computed[at] ?? new Float64Array();
      const values = view.rows === null ? part : spread(arena, part, view.rows, rows);
      if (indicator.namesOf) names.set(column, namesOfAll(arena, values, indicator.namesOf));
      else numbers.set(column, values);
    }
  }
  return { sessions, numbers, names, reasons };
}

function computeView(
  arena: Arena,
  indicator: Indicator,
  { series, runs }: SeriesView,
): readonly Float64Array[] {
  return runs === null ? indicator.compute(arena, series) : computeRuns(arena, indicator, { series, runs });
}

function computeRuns(
  arena: Arena,
  { columns, memory, compute }: Indicator,
  { series, runs }: { readonly series: Prices; readonly runs: readonly WholeRows[] },
): readonly Float64Array[] {
  const rows = series.close.length;
  const results = columns.map(() => arena.newColumn(rows));
  for (const { from, end } of runs) {
    if (memory.kind === 'recursive' && from > 0) break;
    const part = compute(arena, rowsOf(series, from, end));
    for (const [at, result] of results.entries()) result.set(part[at] ?? [], from);
  }
  return results;
}

/** All columns of one indicator have values in the same rows. */
function markReasons(
  reasons: (MissingReason | null)[],
  indicator: Indicator,
  { rows, runs, blocked }: SeriesView,
  values: Float64Array = new Float64Array(),
): void {
  for (const row of blocked) reasons[row] = 'blocked';
  const first = firstRow(indicator);
  if (rows !== null) {
    for (let at = 0; at < Math.min(first, rows.length); at += 1) reasons[rows[at] ?? NaN] ??= 'warming_up';
  }
  if (runs === null) return;
  for (let at = first; at < values.length; at += 1) {
    const row = rows?.[at] ?? at;
    if (Number.isNaN(values[at]) && reasons[row] !== 'blocked') reasons[row] = 'partial';
  }
}

/** The values of some rows where they belong among all. */
function spread(arena: Arena, values: Float64Array, rows: Int32Array, length: number): Float64Array {
  const column = arena.newColumn(length);
  for (const [at, row] of rows.entries()) column[row] = values[at] ?? NaN;
  return column;
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
