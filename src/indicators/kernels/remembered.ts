import type { Prices } from '../price-series.ts';

/**
 * A step that several kernels begin with, computed once for the same prices and bars (none by default). What it gives is
 * shared: nobody may change it.
 */
export function remembered<T>(
  step: (prices: Prices, bars: number) => T,
): (prices: Prices, bars?: number) => T {
  const known = new WeakMap<Prices, Map<number, T>>();
  return (prices, bars = 0) => {
    const byBars = known.get(prices) ?? new Map<number, T>();
    known.set(prices, byBars);
    const result = byBars.get(bars) ?? step(prices, bars);
    byBars.set(bars, result);
    return result;
  };
}
