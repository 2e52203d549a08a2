import type { Arena } from '../arena.ts';
import type { Prices } from '../price-series.ts';

/** How fast the stop follows: by so much more with each new extreme, up to a most. */
interface Acceleration {
  readonly step: number;
  readonly most: number;
}

/**
 * Wilder's stop and reverse as TA-Lib has it, from the second row on: the trend begins downwards where the second bar
 * fell further than it rose. A falling trend is a rising one of negative prices, so that there is one rule for both.
 */
export function parabolicSar(
  arena: Arena,
  { high, low }: Pick<Prices, 'high' | 'low'>,
  { step, most }: Acceleration,
): Float64Array {
  const stops = arena.newColumn(high.length);
  let side = fallsFirst(high, low) ? -1 : 1;
  const top = (row: number) => (side > 0 ? (high[row] ?? NaN) : -(low[row] ?? NaN));
  const bottom = (row: number) => (side > 0 ? (low[row] ?? NaN) : -(high[row] ?? NaN));
  let [stop, extreme, factor] = [bottom(0), top(1), step];
  for (let row = 1; row < stops.length; row += 1) {
    const before = Math.max(1, row - 1);
    if (bottom(row) <= stop) {
      const reached = Math.max(extreme, top(before), top(row));
      stops[row] = side * reached;
      side = -side;
      [stop, extreme, factor] = [-reached, top(row), step];
    } else {
      stops[row] = side * stop;
      if (top(row) > extreme) [extreme, factor] = [top(row), Math.min(factor + step, most)];
    }
    stop = Math.min(stop + factor * (extreme - stop), bottom(before), bottom(row));
  }
  return stops;
}

function fallsFirst(
  [high0 = NaN, high1 = NaN]: Float64Array,
  [low0 = NaN, low1 = NaN]: Float64Array,
): boolean {
  return low0 - low1 > Math.max(0, high1 - high0);
}
