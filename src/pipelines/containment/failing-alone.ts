import { failsForGood } from './lasting-cause.ts';

/** What fails for good by itself, and with what. */
export interface Culprit<T> {
  readonly item: T;
  readonly error: unknown;
}

/**
 * Attempts something for all items at once and, where that fails for good, for each half of them, down to the items that
 * fail alone: these are returned, in order. Of k among n it takes no more than 1 + 2 k log2(n) attempts. What may pass is
 * thrown at once.
 */
export async function failingAlone<T>(
  items: readonly T[],
  attempt: (some: readonly T[]) => Promise<void>,
): Promise<readonly Culprit<T>[]> {
  if (items.length === 0) return [];
  const error = await lastingErrorOf(() => attempt(items));
  if (error === null) return [];
  if (items.length === 1) return items.map((item) => ({ item, error }));
  const half = Math.ceil(items.length / 2);
  const first = await failingAlone(items.slice(0, half), attempt);
  return [...first, ...(await failingAlone(items.slice(half), attempt))];
}

/** What some work fails with for good; null: it is done. Throws what may pass. */
export async function lastingErrorOf(work: () => Promise<void>): Promise<Error | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (!(error instanceof Error && failsForGood(error))) throw error;
    return error;
  }
}
