import { describe, expect, test } from 'vitest';
import { computeIndicators } from '../../../src/indicators/compute-indicators.ts';
import { largestDifference, readReferenceFile, referenceFileNames } from './reference-files.ts';

const names = referenceFileNames();

describe.skipIf(names.length === 0)('the values of TA-Lib (skipped where ../shared is absent)', () => {
  test.each(names)('%s: every column has a value in the same rows, and the same one within 1e-9', (name) => {
    const { series, expected } = readReferenceFile(name);
    const { numbers } = computeIndicators(series);
    expect([...numbers.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [column, values] of expected) {
      const { allowance, lopsided } = largestDifference(values, numbers.get(column) ?? new Float64Array());
      expect({ column, lopsided, allowed: allowance <= 1 }).toEqual({ column, lopsided: 0, allowed: true });
    }
  });

  test('are there for all eight files', () => {
    expect(names.length).toBe(8);
  });
});
