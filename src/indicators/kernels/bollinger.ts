import type { Arena } from '../arena.ts';
import { sma } from './sma.ts';

/** Upper, middle and lower band: the mean, and `width` population standard deviations around it. */
export function bollinger(
  arena: Arena,
  close: Float64Array,
  bars: number,
  width: number,
): readonly Float64Array[] {
  const middle = sma(arena, close, bars);
  const upper = arena.newColumn(close.length);
  const lower = arena.newColumn(close.length);
  for (let row = bars - 1; row < close.length; row += 1) {
    const mean = middle[row] ?? NaN;
    const reach = width * Math.sqrt(squaresAround(mean, close, row, bars) / bars);
    upper[row] = mean + reach;
    lower[row] = mean - reach;
  }
  return [upper, middle, lower];
}

/** Two passes: the difference of mean squares and squared mean would lose the digits that prices have in common. */
function squaresAround(mean: number, values: Float64Array, last: number, bars: number): number {
  let squares = 0;
  for (let row = last - bars + 1; row <= last; row += 1) squares += ((values[row] ?? NaN) - mean) ** 2;
  return squares;
}
