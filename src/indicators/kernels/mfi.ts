import type { Arena } from '../arena.ts';
import type { Prices } from '../price-series.ts';
import { typicalPrice } from './typical-price.ts';
import { windowSums } from './window-sums.ts';

/** Money flow index: the flow on rises of the typical price in percent of all; 0 where nothing flows. */
export function mfi(arena: Arena, prices: Prices, bars: number): Float64Array {
  const { rising, falling } = flows(arena, prices);
  const [positive, negative] = [windowSums(arena, rising, bars, 1), windowSums(arena, falling, bars, 1)];
  const values = arena.newColumn(rising.length);
  for (let row = bars; row < values.length; row += 1) {
    const flow = positive[row] ?? NaN;
    const total = flow + (negative[row] ?? NaN);
    values[row] = total === 0 ? 0 : 100 * (flow / total);
  }
  return values;
}

/** TA-Lib's measure of what is only rounding, for the sum of two prices: a price that moves by less does not move. */
const rounding = 1e-14;

/** Typical price times volume, by the direction in which that price moved; none where it stayed, and in row 0. */
function flows(
  arena: Arena,
  prices: Prices,
): { readonly rising: Float64Array; readonly falling: Float64Array } {
  const typical = typicalPrice(arena, prices);
  const [rising, falling] = [arena.newColumn(typical.length, 0), arena.newColumn(typical.length, 0)];
  for (let row = 1; row < typical.length; row += 1) {
    const [price, before] = [typical[row] ?? NaN, typical[row - 1] ?? NaN];
    if (Math.abs(price - before) <= rounding * (price + before)) continue;
    (price > before ? rising : falling)[row] = price * (prices.volume[row] ?? NaN);
  }
  return { rising, falling };
}
