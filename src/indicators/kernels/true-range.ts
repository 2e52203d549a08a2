import type { Prices } from '../price-series.ts';
import { wilderAverage } from './wilder-average.ts';

/** The largest of high - low and the distances of both from the previous close. */
export function trueRangeAt({ high, low, close }: Prices, row: number): number {
  const [top, bottom, before] = [high[row] ?? NaN, low[row] ?? NaN, close[row - 1] ?? NaN];
  return Math.max(top - bottom, Math.abs(top - before), Math.abs(bottom - before));
}

/** From the second row on: the first has no previous close. */
export function trueRange(prices: Prices): Float64Array {
  const ranges = new Float64Array(prices.close.length).fill(NaN);
  for (let row = 1; row < ranges.length; row += 1) ranges[row] = trueRangeAt(prices, row);
  return ranges;
}

/** Average true range: Wilder's average of it. */
export function atr(prices: Prices, bars: number): Float64Array {
  const values = new Float64Array(prices.close.length).fill(NaN);
  let average = 0;
  for (let row = 1; row < values.length; row += 1) {
    average = wilderAverage(average, trueRangeAt(prices, row), row, bars);
    if (row >= bars) values[row] = average;
  }
  return values;
}
