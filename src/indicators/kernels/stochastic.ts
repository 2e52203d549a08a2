import type { Arena } from '../arena.ts';
import type { Prices } from '../price-series.ts';
import { extremes } from './extremes.ts';
import { remembered } from './remembered.ts';
import { sma } from './sma.ts';

/** Fast stochastic: %K, where the close lies between the extremes of `bars` bars, and %D, its mean over `smooth`. */
export function stochasticFast(
  arena: Arena,
  prices: Prices,
  bars: number,
  smooth: number,
): readonly Float64Array[] {
  return withMean(arena, percentK(arena, prices, bars), bars - 1, smooth);
}

/** Slow stochastic: the fast one's %D as %K, and its mean over `smooth` as %D. */
export function stochasticSlow(
  arena: Arena,
  prices: Prices,
  bars: number,
  smooth: number,
): readonly Float64Array[] {
  const fastD = sma(arena, percentK(arena, prices, bars), smooth, bars - 1);
  return withMean(arena, fastD, bars + smooth - 2, smooth);
}

/** 0 where all prices of the window are one. */
const percentK = remembered((arena, prices, bars): Float64Array => {
  const { close } = prices;
  const { tops, bottoms } = extremes(arena, prices, bars);
  const values = arena.newColumn(close.length);
  for (let row = bars - 1; row < close.length; row += 1) {
    const bottom = bottoms[row] ?? NaN;
    const span = (tops[row] ?? NaN) - bottom;
    values[row] = span === 0 ? 0 : ((close[row] ?? NaN) - bottom) / (span / 100);
  }
  return values;
});

/** Values from `firstRow` on and their mean; both are told where the mean is. */
function withMean(
  arena: Arena,
  values: Float64Array,
  firstRow: number,
  smooth: number,
): readonly Float64Array[] {
  const told = firstRow + smooth - 1;
  const shown = arena.newColumn(values.length);
  shown.subarray(told).set(values.subarray(told));
  return [shown, sma(arena, values, smooth, firstRow)];
}
