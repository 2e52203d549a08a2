import type { Arena } from '../arena.ts';
import type { Prices } from '../price-series.ts';
import { extremes } from './extremes.ts';

/** Williams %R: how far the close is below the highest high, from 0 to -100; 0 where all prices are one. */
export function williamsR(arena: Arena, prices: Prices, bars: number): Float64Array {
  const { close } = prices;
  const { tops, bottoms } = extremes(arena, prices, bars);
  const values = arena.newColumn(close.length);
  for (let row = bars - 1; row < close.length; row += 1) {
    const top = tops[row] ?? NaN;
    const span = top - (bottoms[row] ?? NaN);
    values[row] = span === 0 ? 0 : (top - (close[row] ?? NaN)) / (span / -100);
  }
  return values;
}
