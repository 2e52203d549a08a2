import { describe, expect, test } from 'vitest';
import { createArena } from '../../../../src/indicators/arena.ts';
import { extrasBy, type ExtraTable } from '../../../../src/indicators/extra/compute-extras.ts';
import { library } from '../../../../src/indicators/extra/library-extras.ts';
import type { Library } from '../../../../src/indicators/extra/extra.ts';
import {
  extraColumns,
  extras,
  extraVersion,
  libraryVersion,
} from '../../../../src/indicators/extra/extras.ts';
import { hole, seriesOf, walk } from '../series.ts';
import manifest from '../../../../package.json' with { type: 'json' };

const rows = walk(120, 40);
const series = seriesOf(rows);
const right = extrasBy(library)(createArena(), series);

function withTrix(next: (row: number) => unknown): ExtraTable {
  class TRIX {
    private row = -1;
    nextValue(): unknown {
      this.row += 1;
      return next(this.row);
    }
  }
  // A library that is not as its declarations say is what this is about.
  return extrasBy({ ...library, TRIX } as unknown as Library)(createArena(), series);
}

function fail(): never {
  // The library itself throws texts.
  // eslint-disable-next-line @typescript-eslint/only-throw-error
  throw 'Inputs not of equal size';
}

const expectOthersRight = ({ numbers }: ExtraTable): void => {
  for (const [key, values] of right.numbers) if (key !== 'trix_15') expect(numbers.get(key)).toEqual(values);
};

describe('an extra of a library that', () => {
  test.each([
    ['throws', fail, 'Inputs not of equal size'],
    ['gives a value too early', () => 1, 'Misaligned: gave a value too early, in row 0 of 120'],
    ['cannot be constructed at all', undefined, 'TypeError: TRIX is not a constructor'],
  ])('%s is refused by name, and no other', (_, next, reason) => {
    const table =
      next === undefined
        ? extrasBy({ ...library, TRIX: undefined } as unknown as Library)(createArena(), series)
        : withTrix(next);
    expect(table.refusals).toEqual([{ keys: ['trix_15'], reason }]);
    expect(table.numbers.get('trix_15')?.every((value) => Number.isNaN(value))).toBe(true);
    expectOthersRight(table);
  });

  test('gives too few values is refused, where nothing does not stand for zero', () => {
    class WMA {
      nextValue(): undefined {
        return undefined;
      }
    }
    const broken = { ...library, WMA } as unknown as Library;
    const { refusals } = extrasBy(broken)(createArena(), series);
    expect(refusals).toEqual([{ keys: ['wma_20'], reason: 'Misaligned: gave no value, in row 19 of 120' }]);
  });

  test('gives what is no finite number has no value there', () => {
    const table = withTrix((row) => (row < 43 ? undefined : row === 50 ? Infinity : 1));
    expect(table.refusals).toEqual([]);
    expect([...(table.numbers.get('trix_15') ?? [])].slice(49, 52)).toEqual([1, NaN, 1]);
  });
});

describe('extras', () => {
  test('leave the prices as they are', () => {
    expect(series).toEqual(seriesOf(rows));
  });

  test('begin where they say, and have values from there on', () => {
    for (const { columns, memory } of extras) {
      const first = memory.kind === 'window' ? memory.bars - 1 : memory.firstRow;
      for (const key of columns) {
        const values = right.numbers.get(key) ?? new Float64Array();
        expect(values.length).toBe(120);
        expect(values.findIndex((value) => !Number.isNaN(value))).toBeLessThanOrEqual(first);
        expect(values.subarray(first).every((value) => Number.isFinite(value))).toBe(true);
      }
    }
  });

  test('of a series shorter than any of them are not there, and nothing is refused', () => {
    for (const length of [0, 1, 2, 8]) {
      const { numbers, refusals } = extrasBy(library)(createArena(), seriesOf(rows.slice(0, length)));
      expect(refusals).toEqual([]);
      expect([...numbers.keys()]).toEqual(extraColumns.map(({ name }) => name));
      expect(numbers.get('trix_15')?.every((value) => Number.isNaN(value))).toBe(true);
    }
  });

  test('lack in the window after a hole, or from it on where they remember every bar', () => {
    const { numbers } = extrasBy(library)(createArena(), seriesOf(rows.with(60, hole)));
    const lackFrom60 = (key: string) =>
      [...(numbers.get(key) ?? [])].slice(60).filter((value) => Number.isNaN(value)).length;
    expect(lackFrom60('wma_20')).toBe(20);
    expect(lackFrom60('psar_0.02_0.2')).toBe(60);
    for (const [key, values] of numbers) {
      expect(values.subarray(0, 60)).toEqual(right.numbers.get(key)?.subarray(0, 60));
    }
  });

  test('have a version, of the library that is installed', () => {
    expect(extraVersion).toMatch(/^[0-9a-f]{12}$/);
    expect(manifest.dependencies.technicalindicators).toBe(libraryVersion);
  });
});
