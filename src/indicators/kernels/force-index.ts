import type { Arena } from '../arena.ts';
import type { Prices } from '../price-series.ts';
import { ema } from './ema.ts';

/** Elder's force index: the change of the close times the volume, from the second row on, as an average of so many. */
export function forceIndex(arena: Arena, { close, volume }: Prices, bars: number): Float64Array {
  const forces = arena.newColumn(close.length);
  for (let row = 1; row < forces.length; row += 1)
    forces[row] = ((close[row] ?? NaN) - (close[row - 1] ?? NaN)) * (volume[row] ?? NaN);
  return ema(arena, forces, bars, bars);
}
