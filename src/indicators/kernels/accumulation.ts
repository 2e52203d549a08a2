import type { Arena } from '../arena.ts';
import type { Prices } from '../price-series.ts';

/** Accumulation and distribution: volumes, each by where in its bar the close lies, added up. A flat bar adds nothing. */
export function accumulation(arena: Arena, { high, low, close, volume }: Prices): Float64Array {
  const sums = arena.newColumn(close.length);
  let sum = 0;
  for (let row = 0; row < sums.length; row += 1) {
    const [top, bottom, price] = [high[row] ?? NaN, low[row] ?? NaN, close[row] ?? NaN];
    const range = top - bottom;
    if (range > 0) sum += ((price - bottom - (top - price)) / range) * (volume[row] ?? NaN);
    sums[row] = sum;
  }
  return sums;
}
