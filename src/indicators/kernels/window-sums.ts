import type { Arena } from '../arena.ts';

/**
 * The sum of each `bars` values running, of those that begin at row `from`. The rounding error of every step is carried
 * along (Knuth's two-sum), so that a sum does not depend on what left its window, be it larger by fifteen digits.
 */
export function windowSums(arena: Arena, values: Float64Array, bars: number, from = 0): Float64Array {
  const sums = arena.newColumn(values.length);
  let [sum, error] = [0, 0];
  for (let row = from; row < values.length; row += 1) {
    const entering = values[row] ?? NaN;
    const grown = sum + entering;
    error += roundingError(sum, entering, grown);
    sum = grown;
    if (row >= from + bars) {
      const leaving = -(values[row - bars] ?? NaN);
      const shrunk = sum + leaving;
      error += roundingError(sum, leaving, shrunk);
      sum = shrunk;
    }
    if (row >= from + bars - 1) sums[row] = sum + error;
  }
  return sums;
}

/** What is exactly missing in the rounded sum of two numbers. */
function roundingError(one: number, other: number, sum: number): number {
  const added = sum - one;
  return one - (sum - added) + (other - added);
}
