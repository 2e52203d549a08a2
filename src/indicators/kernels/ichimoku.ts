import type { Arena } from '../arena.ts';
import type { Prices } from '../price-series.ts';
import { extremes } from './extremes.ts';

/** Over how many bars each line goes. */
interface Lines {
  readonly conversion: number;
  readonly base: number;
  readonly span: number;
}

/**
 * Conversion line, base line and both leading spans, each from its own first row on. The spans are of the row that they
 * are computed from; a chart draws them later.
 */
export function ichimoku(arena: Arena, prices: Prices, bars: Lines): readonly Float64Array[] {
  const conversion = middle(arena, prices, bars.conversion);
  const base = middle(arena, prices, bars.base);
  const spanA = arena.newColumn(base.length);
  for (let row = 0; row < spanA.length; row += 1)
    spanA[row] = ((conversion[row] ?? NaN) + (base[row] ?? NaN)) / 2;
  return [conversion, base, spanA, middle(arena, prices, bars.span)];
}

/** Between the highest high and the lowest low of so many bars. */
function middle(arena: Arena, prices: Prices, bars: number): Float64Array {
  const { tops, bottoms } = extremes(arena, prices, bars);
  const middles = arena.newColumn(tops.length);
  for (let row = 0; row < middles.length; row += 1)
    middles[row] = ((tops[row] ?? NaN) + (bottoms[row] ?? NaN)) / 2;
  return middles;
}
