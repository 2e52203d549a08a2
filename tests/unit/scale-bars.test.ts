import { expect, test } from 'vitest';
import type { BarColumns } from '../../src/domain/bar-columns.ts';
import { scaleBars } from '../../src/domain/scale-bars.ts';

const bars: BarColumns = {
  length: 3,
  day: Int32Array.of(7, 8, 9),
  opensAtMs: null,
  open: Float64Array.of(1, 2, 3),
  high: Float64Array.of(4, 5, 6),
  low: Float64Array.of(0.5, 1, 2),
  close: Float64Array.of(2, 3, 4),
  volume: Float64Array.of(100, 200, 300),
  vwap: Float64Array.of(NaN, 2.5, 3.5),
  trades: Float64Array.of(10, 20, NaN),
};

test('prices are multiplied, shares divided, and trades stay as many', () => {
  const scaled = scaleBars(bars, (day) => (day === 8 ? 4 : null));
  expect(scaled).toEqual({
    ...bars,
    open: Float64Array.of(1, 8, 3),
    high: Float64Array.of(4, 20, 6),
    low: Float64Array.of(0.5, 4, 2),
    close: Float64Array.of(2, 12, 4),
    volume: Float64Array.of(100, 50, 300),
    vwap: Float64Array.of(NaN, 10, 3.5),
  });
});

test('where there is nothing to scale they are the same', () => {
  expect(scaleBars(bars, () => null)).toBe(bars);
});
