import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { barAt, barsAt, barsOf, filterBars, sameRow, sliceBars } from '../../src/domain/bar-columns.ts';
import { sameBar } from '../../src/domain/bar.ts';
import { anyBars } from '../support/any-bars.ts';
import { builderOf, columnsOf } from '../support/bar-rows.ts';

/** Bars, and places among them. */
const withPlaces = anyBars({ fewest: 1 }).chain((bars) =>
  fc.tuple(fc.constant(bars), fc.array(fc.nat({ max: bars.length - 1 }), { maxLength: 2 * bars.length })),
);

describe('columns hold the bars that were put in', () => {
  test('all of them, in their order', () => {
    fc.assert(
      fc.property(anyBars(), (bars) => {
        expect(barsOf(columnsOf(bars))).toEqual(bars);
      }),
    );
  });

  test('those that a predicate keeps', () => {
    fc.assert(
      fc.property(withPlaces, ([bars, places]) => {
        const keep = (row: number) => places.includes(row);
        expect(barsOf(filterBars(columnsOf(bars), keep))).toEqual(bars.filter((_, row) => keep(row)));
      }),
    );
  });

  test('those between two places', () => {
    const place = fc.nat({ max: 60 });
    fc.assert(
      fc.property(anyBars(), place, place, (bars, begin, end) => {
        expect(barsOf(sliceBars(columnsOf(bars), begin, end))).toEqual(bars.slice(begin, end));
      }),
    );
  });

  test('those at some places, in whatever order', () => {
    fc.assert(
      fc.property(withPlaces, ([bars, places]) => {
        const columns = barsAt(columnsOf(bars), Int32Array.from(places));
        expect(barsOf(columns)).toEqual(places.map((place) => bars[place]));
      }),
    );
  });
});

test('two rows are the same when their bars are', () => {
  // Few values, so that bars are often equal.
  const alike = anyBars({ amounts: fc.constantFrom(1, 2), days: 2 });
  fc.assert(
    fc.property(alike, (bars) => {
      const columns = columnsOf(bars);
      const same = bars.map((_, row) => bars.map((__, other) => sameRow(columns, row, other)));
      expect(same).toEqual(bars.map((bar) => bars.map((other) => sameBar(bar, other))));
    }),
  );
});

test('the last row can take the place of another one', () => {
  fc.assert(
    fc.property(anyBars({ fewest: 2 }), fc.nat(), (bars, number) => {
      const place = number % (bars.length - 1);
      const builder = builderOf(bars);
      builder.moveLastTo(place);
      expect(barsOf(builder)).toEqual(
        bars.slice(0, -1).map((bar, row) => (row === place ? bars.at(-1) : bar)),
      );
    }),
  );
});

test('there is no bar beyond the last row', () => {
  expect(() => barAt(columnsOf([]), 0)).toThrow(RangeError);
});
