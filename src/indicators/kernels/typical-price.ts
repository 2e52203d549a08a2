import { remembered } from './remembered.ts';

/** The mean of high, low and close. */
export const typicalPrice = remembered((arena, { high, low, close }): Float64Array => {
  const prices = arena.newColumn(close.length);
  for (let row = 0; row < prices.length; row += 1)
    prices[row] = ((high[row] ?? NaN) + (low[row] ?? NaN) + (close[row] ?? NaN)) / 3;
  return prices;
});
