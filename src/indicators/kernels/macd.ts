import type { Arena } from '../arena.ts';
import { ema } from './ema.ts';

interface MacdBars {
  readonly fast: number;
  readonly slow: number;
  readonly signal: number;
}

/**
 * Moving average convergence and divergence: line, signal, histogram. As in TA-Lib both averages are seeded at the slow
 * one's first row, and nothing is told before the signal's.
 */
export function macd(
  arena: Arena,
  close: Float64Array,
  { fast, slow, signal }: MacdBars,
): readonly Float64Array[] {
  const [seedRow, firstRow] = [slow - 1, slow + signal - 2];
  const line = difference(arena, ema(arena, close, fast, seedRow), ema(arena, close, slow, seedRow));
  const signalLine = ema(arena, line, signal, firstRow);
  return [line.fill(NaN, 0, firstRow), signalLine, difference(arena, line, signalLine)];
}

function difference(arena: Arena, one: Float64Array, other: Float64Array): Float64Array {
  const differences = arena.newColumn(one.length);
  for (let row = 0; row < one.length; row += 1) differences[row] = (one[row] ?? NaN) - (other[row] ?? NaN);
  return differences;
}
