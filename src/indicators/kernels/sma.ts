import type { Arena } from '../arena.ts';
import { windowSums } from './window-sums.ts';

/** The arithmetic mean of the last `bars` values, of those that begin at row `from`. */
export function sma(arena: Arena, values: Float64Array, bars: number, from = 0): Float64Array {
  const means = windowSums(arena, values, bars, from);
  for (let row = 0; row < means.length; row += 1) means[row] = (means[row] ?? NaN) / bars;
  return means;
}
