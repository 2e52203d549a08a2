import { describe, expect, test } from 'vitest';
import { createArena } from '../../../src/indicators/arena.ts';
import { computeIndicators } from '../../../src/indicators/compute-indicators.ts';
import { firstRow } from '../../../src/indicators/indicator.ts';
import { indicators, parametersVersion } from '../../../src/indicators/registry.ts';
import { seriesOf, walk } from './series.ts';

const series = seriesOf(walk(250, 100));

describe('the registry', () => {
  test('names every column once', () => {
    const columns = indicators.flatMap((indicator) => indicator.columns);
    expect(columns.length).toBe(28);
    expect(new Set(columns).size).toBe(columns.length);
  });

  test('has a version of twelve hexadecimal digits', () => {
    expect(parametersVersion).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe.each(indicators)('$name of $columns', (indicator) => {
  test('has values from the declared row on, and none before', () => {
    const values = indicator.compute(createArena(), series);
    expect(values.length).toBe(indicator.columns.length);
    for (const column of values) {
      expect(column.length).toBe(250);
      expect(column.findIndex((value) => !Number.isNaN(value))).toBe(firstRow(indicator));
      expect(column.subarray(firstRow(indicator)).every((value) => Number.isFinite(value))).toBe(true);
    }
  });

  test('needs what it says and nothing else', () => {
    const nothing = new Float64Array(250).fill(NaN);
    const bare = { ...series, open: nothing, high: nothing, low: nothing, close: nothing, volume: nothing };
    const needed = Object.fromEntries(indicator.needs.map((column) => [column, series[column]]));
    expect(indicator.compute(createArena(), { ...bare, ...needed })).toEqual(
      indicator.compute(createArena(), series),
    );
    for (const column of indicator.needs) {
      const { reasons } = computeIndicators({ ...series, [column]: nothing }, { indicators: [indicator] });
      expect(reasons.at(-1)).toBe('partial');
    }
  });
});
