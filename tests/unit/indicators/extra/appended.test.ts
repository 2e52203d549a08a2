import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createArena } from '../../../../src/indicators/arena.ts';
import { computeExtras } from '../../../../src/indicators/extra/library-extras.ts';
import { largestDifference } from '../reference-files.ts';
import { barRow, hole, seriesOf, walk, type BarRow } from '../series.ts';
import { definitions } from './definitions.ts';

const arena = createArena();

/** By key; the memory of the arena is given back. */
function columnsOf(rows: readonly BarRow[]): ReadonlyMap<string, Float64Array> {
  arena.restart();
  const { numbers, refusals } = computeExtras(arena, seriesOf(rows));
  expect(refusals).toEqual([]);
  return new Map([...numbers].map(([key, values]) => [key, values.slice()]));
}

const start = walk(60, 10);
const bar = fc.oneof({ weight: 9, arbitrary: barRow }, { weight: 1, arbitrary: fc.constant(hole) });
const flat = fc
  .record({ price: fc.integer({ min: 900, max: 1100 }), days: fc.integer({ min: 1, max: 60 }) })
  .map(({ price, days }) => Array<BarRow>(days).fill([price, price, price, price, 0]));
const stretch = fc.oneof(fc.array(bar, { minLength: 1, maxLength: 40 }), flat);

test('a day computed when it was the last one is the same in the whole history', () => {
  fc.assert(
    fc.property(fc.array(stretch, { minLength: 1, maxLength: 3 }), (stretches) => {
      const rows = [...start, ...stretches.flat()];
      const whole = columnsOf(rows);
      for (let length = start.length; length < rows.length; length += 11) {
        for (const [key, values] of columnsOf(rows.slice(0, length)))
          expect({ key, values }).toEqual({ key, values: whole.get(key)?.subarray(0, length) });
      }
    }),
    { numRuns: 20, seed: 5 },
  );
});

test('bars of any kind have the values of the definitions, within 1e-9', () => {
  fc.assert(
    fc.property(fc.array(flat, { maxLength: 2 }), fc.array(barRow, { maxLength: 80 }), (still, moving) => {
      const rows = [...still.flat(), ...moving];
      for (const [key, values] of columnsOf(rows)) {
        const defined = Float64Array.from(definitions[key]?.(seriesOf(rows)) ?? [], (value) =>
          Number.isFinite(value) ? value : NaN,
        );
        const { allowance, lopsided } = largestDifference(defined, values);
        expect({ key, lopsided, allowed: allowance <= 1 || allowance }).toEqual({
          key,
          lopsided: 0,
          allowed: true,
        });
      }
    }),
    { numRuns: 60, seed: 6 },
  );
});
