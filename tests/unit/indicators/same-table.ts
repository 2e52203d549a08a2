import { expect } from 'vitest';
import type { IndicatorTable } from '../../../src/indicators/compute-indicators.ts';
import { largestDifference } from './reference-files.ts';

/** Equal within 1e-9, in reasons and names exactly. */
export function expectSameTable(actual: IndicatorTable, expected: IndicatorTable): void {
  expect(actual.reasons).toEqual(expected.reasons);
  expect(actual.names).toEqual(expected.names);
  expect([...actual.numbers.keys()]).toEqual([...expected.numbers.keys()]);
  for (const [column, values] of expected.numbers) {
    const { allowance, lopsided } = largestDifference(
      values,
      actual.numbers.get(column) ?? new Float64Array(),
    );
    expect({ column, lopsided, allowed: allowance <= 1 }).toEqual({ column, lopsided: 0, allowed: true });
  }
}

/** The rows `from` up to, not including, `end` of a table. */
export function sliceTable(
  { sessions, numbers, names, reasons }: IndicatorTable,
  from: number,
  end?: number,
) {
  return {
    sessions: sessions.slice(from, end),
    numbers: new Map([...numbers].map(([column, values]) => [column, values.slice(from, end)])),
    names: new Map([...names].map(([column, values]) => [column, values.slice(from, end)])),
    reasons: reasons.slice(from, end),
  } satisfies IndicatorTable;
}
