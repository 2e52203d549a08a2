import type { Indicator } from '../../../src/indicators/indicator.ts';

/** Rows counted from 0, both ends included; empty where `to` is before `from`. */
interface RowRange {
  readonly from: number;
  readonly to: number;
}

/**
 * What a change of one bar makes due, where `changedRow` is its row: the windows that hold it, or everything from it on.
 * For several changed bars of a recursive indicator ask with the earliest one.
 */
export function dueRows({ memory }: Indicator, changedRow: number, rowCount: number): RowRange {
  const last = rowCount - 1;
  const to = memory.kind === 'window' ? Math.min(changedRow + memory.bars - 1, last) : last;
  return { from: changedRow, to };
}
