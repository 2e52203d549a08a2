import type { Lane } from '../../domain/lane.ts';
import type { SourceName } from '../../domain/source.ts';
import { count, observe } from '../../metrics/measuring.ts';
import { BudgetFar } from './budget-far.ts';

/** Waits for a turn at a provider, and counts how long that took, or that it was given up. */
export async function countedTurn<T>(provider: SourceName, lane: Lane, turn: () => Promise<T>): Promise<T> {
  const since = performance.now();
  try {
    return await turn();
  } catch (error) {
    if (error instanceof BudgetFar) count('budgetDeferrals', 1, { provider, reason: error.because });
    throw error;
  } finally {
    observe('budgetWait', (performance.now() - since) / 1000, { provider, lane });
  }
}
