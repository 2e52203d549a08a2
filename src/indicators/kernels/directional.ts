import type { Arena } from '../arena.ts';
import type { Prices } from '../price-series.ts';
import { remembered } from './remembered.ts';
import { trueRange } from './true-range.ts';

/** Plus and minus directional indicator: Wilder's running sum of movements in percent of that of the true range. */
export const directionalIndicators = remembered(
  (arena, prices, bars): readonly [Float64Array, Float64Array] => {
    const { high, low } = prices;
    const plus = arena.newColumn(high.length);
    const minus = arena.newColumn(high.length);
    const trueRanges = trueRange(arena, prices);
    let [ups, downs, ranges] = [0, 0, 0];
    for (let row = 1; row < high.length; row += 1) {
      const up = (high[row] ?? NaN) - (high[row - 1] ?? NaN);
      const down = (low[row - 1] ?? NaN) - (low[row] ?? NaN);
      ups = runningSum(ups, up > down && up > 0 ? up : 0, row, bars);
      downs = runningSum(downs, down > up && down > 0 ? down : 0, row, bars);
      ranges = runningSum(ranges, trueRanges[row] ?? NaN, row, bars);
      if (row < bars) continue;
      plus[row] = ranges === 0 ? 0 : 100 * (ups / ranges);
      minus[row] = ranges === 0 ? 0 : 100 * (downs / ranges);
    }
    return [plus, minus];
  },
);

/** TA-Lib begins the sum with one value less than it smooths over: those of rows 1 to bars - 1. */
function runningSum(before: number, value: number, row: number, bars: number): number {
  return row < bars ? before + value : before - before / bars + value;
}

/** The average directional index: the mean of `bars` indexes, then Wilder's; it stays where both indicators are 0. */
export function adx(arena: Arena, prices: Prices, bars: number): Float64Array {
  const [plus, minus] = directionalIndicators(arena, prices, bars);
  const averages = arena.newColumn(plus.length);
  const firstRow = 2 * bars - 1;
  let average = 0;
  for (let row = bars; row < plus.length; row += 1) {
    const [up, down] = [plus[row] ?? NaN, minus[row] ?? NaN];
    const moves = up + down !== 0;
    const index = moves ? 100 * (Math.abs(up - down) / (up + down)) : 0;
    if (row <= firstRow) average += index;
    else if (moves) average = (average * (bars - 1) + index) / bars;
    if (row === firstRow) average /= bars;
    if (row >= firstRow) averages[row] = average;
  }
  return averages;
}
