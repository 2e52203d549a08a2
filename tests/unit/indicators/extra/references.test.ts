import { describe, expect, test } from 'vitest';
import { createArena } from '../../../../src/indicators/arena.ts';
import { extraColumns } from '../../../../src/indicators/extra/extras.ts';
import { computeExtras } from '../../../../src/indicators/extra/library-extras.ts';
import { largestDifference } from '../reference-files.ts';
import { definitions } from './definitions.ts';
import { extraSeries, recorded } from './extra-references.ts';

const keys = extraColumns.map(({ name }) => name);
const tables = extraSeries().map((series) => ({ series, table: computeExtras(createArena(), series) }));

function expectAlike(right: Float64Array, ours: Float64Array = new Float64Array()): void {
  const { allowance, lopsided } = largestDifference(right, ours);
  expect({ lopsided, allowed: allowance <= 1 || allowance }).toEqual({ lopsided: 0, allowed: true });
}

describe('the values that TA-Lib has', () => {
  test.each([...recorded.expected])('of %s are those of the definition and ours', (key, values) => {
    expectAlike(values, Float64Array.from(definitions[key]?.(recorded.series) ?? []));
    expectAlike(values, tables[0]?.table.numbers.get(key));
  });
});

describe('the definitions', () => {
  test('are there for every key', () => {
    expect(Object.keys(definitions).sort()).toEqual([...keys].sort());
  });

  test.each(keys)('give %s in the same rows, and the same within 1e-9', (key) => {
    for (const { series, table } of tables) {
      expect(table.refusals).toEqual([]);
      expectAlike(Float64Array.from(definitions[key]?.(series) ?? []), table.numbers.get(key));
    }
  });
});
