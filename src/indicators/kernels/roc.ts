import type { Arena } from '../arena.ts';

/** Rate of change: how far the close is above that of `bars` rows before, in percent; 0 where that one was 0. */
export function roc(arena: Arena, close: Float64Array, bars: number): Float64Array {
  const values = arena.newColumn(close.length);
  for (let row = bars; row < close.length; row += 1) {
    const before = close[row - bars] ?? NaN;
    values[row] = before === 0 ? 0 : ((close[row] ?? NaN) / before - 1) * 100;
  }
  return values;
}
