import type { Arena } from '../arena.ts';
import { remembered } from './remembered.ts';

interface Extremes {
  readonly tops: Float64Array;
  readonly bottoms: Float64Array;
}

/** The highest high and the lowest low of the last `bars` bars. */
export const extremes = remembered((arena, { high, low }, bars): Extremes => ({
  tops: highest(arena, high, bars),
  bottoms: lowest(arena, low, bars),
}));

/** The highest of the last `bars` values; they are searched only where the highest so far has left them. */
function highest(arena: Arena, values: Float64Array, bars: number): Float64Array {
  const tops = arena.newColumn(values.length);
  let [top, topRow] = [NaN, -bars];
  for (let row = 0; row < values.length; row += 1) {
    const hasLeft = topRow <= row - bars;
    if (hasLeft) top = -Infinity;
    for (let at = hasLeft ? Math.max(0, row - bars + 1) : row; at <= row; at += 1) {
      const value = values[at] ?? NaN;
      if (value < top) continue;
      [top, topRow] = [value, at];
    }
    if (row >= bars - 1) tops[row] = top;
  }
  return tops;
}

/** The lowest of the last `bars` values, in the same way: a comparison passed in would take three times as long. */
function lowest(arena: Arena, values: Float64Array, bars: number): Float64Array {
  const bottoms = arena.newColumn(values.length);
  let [bottom, bottomRow] = [NaN, -bars];
  for (let row = 0; row < values.length; row += 1) {
    const hasLeft = bottomRow <= row - bars;
    if (hasLeft) bottom = Infinity;
    for (let at = hasLeft ? Math.max(0, row - bars + 1) : row; at <= row; at += 1) {
      const value = values[at] ?? NaN;
      if (value > bottom) continue;
      [bottom, bottomRow] = [value, at];
    }
    if (row >= bars - 1) bottoms[row] = bottom;
  }
  return bottoms;
}
