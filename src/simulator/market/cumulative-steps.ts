import type { SessionDate } from '../../domain/session.ts';

/** A factor that concerns every session before its date. */
export interface FactorStep {
  readonly exDate: SessionDate;
  readonly factor: number;
}

/** Steps by date, each with the product of its own factor and all later ones. */
export type CumulativeSteps = readonly FactorStep[];

/** Steps in any order, oldest first afterwards. */
export function cumulated(steps: readonly FactorStep[]): CumulativeSteps {
  const sorted = [...steps].sort((a, b) => (a.exDate < b.exDate ? -1 : 1));
  let product = 1;
  return sorted
    .toReversed()
    .map(({ exDate, factor }) => ({ exDate, factor: (product *= factor) }))
    .reverse();
}

/** The product of all factors of steps after that session. */
export function factorAt(steps: CumulativeSteps, session: SessionDate): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((steps[middle]?.exDate ?? '') <= session) low = middle + 1;
    else high = middle;
  }
  return steps[low]?.factor ?? 1;
}
