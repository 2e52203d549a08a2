import type { Prices } from '../price-series.ts';

/** The mean of high, low and close. */
export function typicalPrice({ high, low, close }: Prices): Float64Array {
  const prices = new Float64Array(close.length);
  for (let row = 0; row < prices.length; row += 1)
    prices[row] = ((high[row] ?? NaN) + (low[row] ?? NaN) + (close[row] ?? NaN)) / 3;
  return prices;
}
