import type { Arena } from '../arena.ts';
import type { Prices } from '../price-series.ts';
import { sma } from './sma.ts';
import { typicalPrice } from './typical-price.ts';

/** Commodity channel index: the typical price's distance from its mean in 0.015 mean absolute deviations; 0 where flat. */
export function cci(arena: Arena, prices: Prices, bars: number): Float64Array {
  const typical = typicalPrice(arena, prices);
  const means = sma(arena, typical, bars);
  const values = arena.newColumn(typical.length);
  for (let row = bars - 1; row < typical.length; row += 1) {
    const mean = means[row] ?? NaN;
    const distance = (typical[row] ?? NaN) - mean;
    const deviation = distancesFrom(mean, typical, row, bars) / bars;
    values[row] = distance === 0 ? 0 : distance / (0.015 * deviation);
  }
  return values;
}

function distancesFrom(mean: number, values: Float64Array, last: number, bars: number): number {
  let distances = 0;
  for (let row = last - bars + 1; row <= last; row += 1) distances += Math.abs((values[row] ?? NaN) - mean);
  return distances;
}
