/** The values that two sources have in common. */
export type ReconciledField = 'open' | 'high' | 'low' | 'close' | 'volume';

/** How far two good consolidations lie apart, as a share; of a price half a tick more. */
export const tolerances: Readonly<Record<ReconciledField, number>> = {
  open: 0.005,
  high: 0.005,
  low: 0.005,
  close: 0.001,
  // Beside what the volume of the one usually is of the other's: never absolutely.
  volume: 0.3,
};

/** So many times the tolerance is a finding; below it a cell is only counted. */
export const findingFrom = 4;

/** What prices as traded are multiples of. */
export function tickAt(price: number): number {
  return price < 1 ? 0.0001 : 0.01;
}

/** How far the greater of two values lies above the other, as a share of that; NaN where one of them is none. */
export function differenceOf(own: number, other: number): number {
  return own > 0 && other > 0 ? Math.max(own, other) / Math.min(own, other) - 1 : NaN;
}
