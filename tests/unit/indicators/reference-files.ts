import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { PriceSeries } from '../../../src/indicators/price-series.ts';

const folder = path.resolve('../shared/fixtures/indicators');

/** Bars with what TA-Lib computes from them. */
interface ReferenceFile {
  readonly name: string;
  readonly series: PriceSeries;
  /** By column; NaN where TA-Lib has no value. */
  readonly expected: ReadonlyMap<string, Float64Array>;
}

/** Names of the reference files; none where ../shared is absent. */
export function referenceFileNames(): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.endsWith('.csv') && !name.includes('_vs_talib'));
}

export function readReferenceFile(name: string): ReferenceFile {
  return { name, ...readReferences(path.join(folder, name)) };
}

/** Bars by date, and beside them a column of each value. */
export function readReferences(file: string): Omit<ReferenceFile, 'name'> {
  const [header = '', ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const rows = lines.map((line) => line.split(','));
  const column = (at: number) => Float64Array.from(rows, (row) => (row[at] ? Number(row[at]) : NaN));
  const columns = new Map(header.split(',').map((title, at) => [title, column(at)]));
  const take = (title: string) => columns.get(title) ?? new Float64Array();
  const series = {
    sessions: rows.map(([session = '']) => session),
    open: take('open'),
    high: take('high'),
    low: take('low'),
    close: take('close'),
    volume: take('volume'),
  };
  const bars = ['date', 'open', 'high', 'low', 'close', 'volume'];
  return { series, expected: new Map([...columns].filter(([title]) => !bars.includes(title))) };
}

export interface Difference {
  readonly absolute: number;
  readonly relative: number;
  /** In units of what is allowed: 1e-9 of the value, or 1e-9 where the value is below 1. */
  readonly allowance: number;
  /** Rows where only one of the two has a value. */
  readonly lopsided: number;
}

const tolerance = 1e-9;

export function largestDifference(expected: Float64Array, actual: Float64Array): Difference {
  let [absolute, relative, allowance] = [0, 0, 0];
  let lopsided = Math.abs(expected.length - actual.length);
  for (const [row, right] of expected.entries()) {
    const value = actual[row] ?? NaN;
    if (Number.isNaN(right) !== Number.isNaN(value)) lopsided += 1;
    if (Number.isNaN(right) || Number.isNaN(value)) continue;
    const difference = Math.abs(value - right);
    absolute = Math.max(absolute, difference);
    if (right !== 0) relative = Math.max(relative, difference / Math.abs(right));
    allowance = Math.max(allowance, difference / (tolerance * Math.max(1, Math.abs(right))));
  }
  return { absolute, relative, allowance, lopsided };
}
