import { windowSums } from './window-sums.ts';

/** The arithmetic mean of the last `bars` values, of those that begin at row `from`. */
export function sma(values: Float64Array, bars: number, from = 0): Float64Array {
  const means = windowSums(values, bars, from);
  for (let row = 0; row < means.length; row += 1) means[row] = (means[row] ?? NaN) / bars;
  return means;
}
