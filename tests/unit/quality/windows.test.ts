import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeSeries } from '../../../src/quality/judge-series.ts';
import type { JudgedSeries } from '../../../src/quality/judged-series.ts';
import { medianOf } from '../../../src/quality/median.ts';
import { movingNeighbours } from '../../../src/quality/moving-neighbours.ts';
import { farthestNeighbour, mostLieBetween, neighboursOf } from '../../../src/quality/neighbours.ts';
import { scaleOf } from '../../../src/quality/scale.ts';
import { SortedWindow } from '../../../src/quality/sorted-window.ts';
import { volumeRatio } from '../../../src/quality/volume-ratio.ts';

/** Few values, so that many are alike; some are no price. */
const value = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 900, max: 1100 }).map((cents) => cents / 100) },
  { weight: 2, arbitrary: fc.double({ min: 1e-4, max: 1e6, noNaN: true }) },
  fc.constantFrom(NaN, 0, -1, Infinity),
);
const column = (length: number) =>
  fc
    .array(value, { minLength: length, maxLength: length })
    .map((numbers) => Float64Array.from(numbers, (one) => one + 0));
const series = fc.integer({ min: 1, max: 150 }).chain((length) =>
  fc.record({
    day: fc.constant(Int32Array.from({ length }, (_, at) => at)),
    ...{ open: column(length), high: column(length), low: column(length), close: column(length) },
    volume: column(length),
    hasVolume: fc.constant(true),
    sessions: fc.constant(null),
  }),
);

/** Rows in order, as most ask for them, then here and there. */
const orders = (length: number) =>
  fc
    .array(fc.nat({ max: length - 1 }), { maxLength: 30 })
    .map((others) => [...Array.from({ length }, (_, at) => at), ...others]);
const ordered = series.chain((one) => fc.tuple(fc.constant(one), orders(one.day.length)));

test('a window holds what has come and not gone, in its order', () => {
  const move = fc.tuple(value, fc.boolean());
  fc.assert(
    fc.property(fc.array(move, { maxLength: 300 }), (moves) => {
      const window = new SortedWindow();
      const held: number[] = [];
      for (const [one, comes] of moves) {
        const at = held.indexOf(one);
        if (comes) {
          window.add(one);
          if (!Number.isNaN(one)) held.push(one);
        } else if (at >= 0) {
          window.remove(one);
          held.splice(at, 1);
        }
        expect([...window.values]).toEqual(held.toSorted((first, second) => first - second));
        expect(window.size).toBe(held.length);
        expect(window.median()).toBe(medianOf(held));
      }
    }),
  );
  expect(() => {
    new SortedWindow().remove(1);
  }).toThrow('1 is not in the window');
});

test('around each row are its neighbours, whichever row was before', () => {
  const wish = fc
    .integer({ min: 1, max: 90 })
    .chain((length) => fc.tuple(fc.constant(length), orders(length)));
  fc.assert(
    fc.property(wish, fc.integer({ min: 1, max: 40 }), ([length, rows], within) => {
      const inside = new Set<number>();
      const moveTo = movingNeighbours({
        spanOf: (row) => [Math.max(0, row - within), Math.min(length, row + within + 1)],
        enter: (row) => inside.add(row),
        leave: (row) => inside.delete(row),
      });
      for (const row of rows) {
        moveTo(row);
        expect([...inside].sort((one, other) => one - other)).toEqual(neighboursOf(row, length, within));
      }
    }),
  );
});

test('the scale of a bar is what the bars around it make, whichever was asked of before', () => {
  fc.assert(
    fc.property(ordered, ([bars, rows]) => {
      const scale = scaleOf(bars);
      for (const row of rows) expect(scale(row)).toBe(plainScale(bars, row));
    }),
  );
});

/** As `scaleOf` says it, made anew. */
function plainScale({ open, high, low, close }: JudgedSeries, row: number): number {
  const isPriced = (price: number | undefined) => price !== undefined && Number.isFinite(price) && price > 0;
  const around = neighboursOf(row, close.length).filter((at) => isPriced(low[at]) && isPriced(high[at]));
  if (around.length < 10) return NaN;
  const ranges = around.map((at) => Math.max(0, Math.log((high[at] ?? NaN) / (low[at] ?? NaN))));
  const prices = around
    .flatMap((at) => [open, high, low, close].map((prices) => prices[at] ?? NaN))
    .filter((price) => !Number.isNaN(price))
    .sort((one, other) => one - other);
  const steps = prices.flatMap((price, at) => {
    const step = price - (prices[at - 1] ?? NaN);
    return step > 1e-6 * price ? [step] : [];
  });
  const tick = Math.min(...steps);
  const ticks = (3 * (tick === Infinity ? 0 : tick)) / medianOf(around.map((at) => close[at] ?? NaN));
  const flat = ranges.filter((range) => range === 0).length;
  return Math.max(medianOf(ranges), 0.005, ticks, 3 * flat >= around.length ? 0.05 : 0);
}

test('the usual ratio of volumes is the median of the 60 around, whichever was asked of before', () => {
  fc.assert(
    fc.property(ordered, column(150), ([own, order], volume) => {
      const rows = Array.from(own.day, (row) => [row, row] as const);
      const usual = volumeRatio({ own, other: { ...own, volume }, rows });
      const ratios = Array.from(own.volume, (shares, row) => {
        const others = volume[row] ?? NaN;
        return shares > 0 && others > 0 ? shares / others : NaN;
      });
      for (const at of order) {
        const first = Math.max(0, Math.min(at - 30, rows.length - 61));
        const around = ratios.slice(first, first + 61).filter((_, place) => first + place !== at);
        const known = around.filter((ratio) => !Number.isNaN(ratio));
        expect(usual(at)).toBe(known.length < 10 ? NaN : medianOf(known));
      }
    }),
  );
});

test('where most values around lie between two, their median does', () => {
  const bounds = fc.tuple(value, value);
  fc.assert(
    fc.property(
      ordered,
      bounds,
      fc.integer({ min: 1, max: 63 }),
      ([{ close }, rows], [least, most], within) => {
        for (const row of rows) {
          if (!mostLieBetween(close, { row, within, least, most })) continue;
          const usual = medianOf(neighboursOf(row, close.length, within).map((at) => close[at] ?? NaN));
          expect(usual).toBeGreaterThanOrEqual(least);
          expect(usual).toBeLessThanOrEqual(most);
        }
      },
    ),
  );
});

const columns = ['day', 'open', 'high', 'low', 'close', 'volume'] as const;

test('no rule looks farther than the farthest neighbour', () => {
  const long = fc.integer({ min: 130, max: 200 }).chain((length) =>
    fc.record({
      day: fc.constant(Int32Array.from({ length }, (_, at) => at)),
      ...{ open: column(length), high: column(length), low: column(length), close: column(length) },
      ...{ volume: column(length), hasVolume: fc.constant(true), sessions: fc.constant(null) },
    }),
  );
  fc.assert(
    fc.property(long, fc.nat({ max: 129 }), (bars, day) => {
      const days = [day, day] as const;
      const near = [Math.max(0, day - farthestNeighbour), day + farthestNeighbour + 1] as const;
      const cut = Object.fromEntries(columns.map((name) => [name, bars[name].slice(...near)]));
      const told = (series: JudgedSeries) =>
        judgeSeries(series, { days }).map(({ row: _, ...found }) => found);
      expect(told({ ...bars, ...cut })).toEqual(told(bars));
    }),
  );
});
