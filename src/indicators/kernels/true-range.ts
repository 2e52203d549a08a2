import type { Arena } from '../arena.ts';
import type { Prices } from '../price-series.ts';
import { remembered } from './remembered.ts';
import { wilderAverage } from './wilder-average.ts';

/** The largest of high - low and the distances of both from the previous close, which the first row lacks. */
export const trueRange = remembered((arena, { high, low, close }): Float64Array => {
  const ranges = arena.newColumn(close.length);
  for (let row = 1; row < ranges.length; row += 1) {
    const [top, bottom, before] = [high[row] ?? NaN, low[row] ?? NaN, close[row - 1] ?? NaN];
    ranges[row] = Math.max(top - bottom, Math.abs(top - before), Math.abs(bottom - before));
  }
  return ranges;
});

/** Average true range: Wilder's average of it. */
export function atr(arena: Arena, prices: Prices, bars: number): Float64Array {
  const ranges = trueRange(arena, prices);
  const values = arena.newColumn(ranges.length);
  let average = 0;
  for (let row = 1; row < values.length; row += 1) {
    average = wilderAverage(average, ranges[row] ?? NaN, row, bars);
    if (row >= bars) values[row] = average;
  }
  return values;
}
