import fc from 'fast-check';
import { addDays } from '../../../src/domain/date-range.ts';
import type { PriceSeries } from '../../../src/indicators/price-series.ts';

/** Open, high, low, close, volume. */
export type BarRow = readonly [number, number, number, number, number];

export const hole: BarRow = [NaN, NaN, NaN, NaN, NaN];

export function seriesOf(rows: readonly BarRow[]): PriceSeries {
  const column = (at: number) => Float64Array.from(rows, (row) => row[at] ?? NaN);
  return {
    sessions: rows.map((_, day) => addDays('2000-01-03', day)),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: column(4),
  };
}

/** Bars in whole cents below 100, so that open, close and extremes often coincide; now and then without volume. */
export const barRow: fc.Arbitrary<BarRow> = fc
  .record({
    open: fc.integer({ min: 900, max: 1100 }),
    body: fc.constantFrom(-60, -25, -5, -1, 0, 1, 5, 25, 60),
    above: fc.constantFrom(0, 1, 10, 50),
    below: fc.constantFrom(0, 1, 10, 50),
    volume: fc.constantFrom(0, 1, 1_000, 123_456.5),
  })
  .map(({ open, body, above, below, volume }) => {
    const close = open + body;
    const [high, low] = [Math.max(open, close) + above, Math.min(open, close) - below];
    return [open / 100, high / 100, low / 100, close / 100, volume];
  });

export const barRows = (minLength: number, maxLength: number) => fc.array(barRow, { minLength, maxLength });

/** A walk from a seed, for where length matters more than variety. */
export function walk(rows: number, price: number, seed = 1): readonly BarRow[] {
  let [state, close] = [seed, price];
  const next = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  return Array.from({ length: rows }, (): BarRow => {
    const open = close;
    close *= 1 + (next() - 0.5) * 0.04;
    const [high, low] = [
      Math.max(open, close) * (1 + next() * 0.01),
      Math.min(open, close) * (1 - next() * 0.01),
    ];
    return [open, high, low, close, Math.round(next() * 1e6)];
  });
}
