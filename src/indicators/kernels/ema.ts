import type { Arena } from '../arena.ts';

/**
 * Exponential moving average with k = 2 / (bars + 1), seeded at `seedRow` with the mean of the `bars` values that end
 * there: by default the first ones that can.
 */
export function ema(arena: Arena, values: Float64Array, bars: number, seedRow = bars - 1): Float64Array {
  const averages = arena.newColumn(values.length);
  const k = 2 / (bars + 1);
  let average = 0;
  for (let row = seedRow - bars + 1; row < values.length; row += 1) {
    const value = values[row] ?? NaN;
    if (row > seedRow) average += k * (value - average);
    else average += value;
    if (row === seedRow) average /= bars;
    if (row >= seedRow) averages[row] = average;
  }
  return averages;
}
