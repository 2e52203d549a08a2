import type { Arena, Step } from '../arena.ts';
import type { Prices } from '../price-series.ts';

/** A step that several kernels begin with, computed once for the same prices and bars (none by default) of an arena. */
export function remembered<T>(step: Step<T>): (arena: Arena, prices: Prices, bars?: number) => T {
  return (arena, prices, bars = 0) => arena.once(step, prices, bars);
}
