import type { DateRange } from './date-range.ts';

/** Why a cell has no bar: an instrument, source, interval and session is a cell, and each that lacks one has one reason. */
export const gapReasons = [
  'never_asked',
  'provider_fault',
  'quarantined',
  'not_yet',
  'no_trade',
  'not_listed',
  'delisted',
  'history_floor',
] as const;
export type GapReason = (typeof gapReasons)[number];

/** What a cell is: its bar is final, or may still move, or lacks. */
export const cellStates = ['settled', 'provisional', ...gapReasons] as const;
export type CellState = (typeof cellStates)[number];

/** Those that the planner asks for: an answer may bring them. */
const repairable: ReadonlySet<CellState> = new Set(['never_asked', 'provider_fault', 'quarantined']);

/** True of what asking may help. */
export function isRepairable(reason: CellState): boolean {
  return repairable.has(reason);
}

/** Sessions running that lack a bar for one reason. */
export interface Gap extends DateRange {
  readonly reason: GapReason;
  readonly sessions: number;
}

/** How many cells there are of each kind; `expected` is all of them. */
export type CellCounts = Readonly<Record<CellState | 'expected', number>>;

/** Counts of nothing. */
export const noCells: CellCounts = {
  expected: 0,
  ...(Object.fromEntries(cellStates.map((state) => [state, 0])) as Record<CellState, number>),
};

/** How many of the cells asking may help. */
export function repairableCells(counts: CellCounts): number {
  return gapReasons.reduce((sum, reason) => sum + (isRepairable(reason) ? counts[reason] : 0), 0);
}
