/**
 * One step of Wilder's average of changes: the mean of those of rows 1 to `bars`, then (before * (bars - 1) + change) /
 * bars. What comes back before row `bars` is only a sum on the way; row 0 has no change.
 */
export function wilderAverage(before: number, change: number, row: number, bars: number): number {
  if (row < bars) return before + change;
  return ((row === bars ? before : before * (bars - 1)) + change) / bars;
}
