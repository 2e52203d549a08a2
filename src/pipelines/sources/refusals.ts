import type { RateLimited } from '../../domain/provider-errors.ts';
import type { Source } from './sources.ts';

/** Refusals for too many requests, in a row, by source: what a worker has learnt of them. */
export interface Refusals {
  /**
   * Lets nobody ask the source for a while; returns for how long what was refused should wait to be asked again, null
   * where it has failed.
   */
  refused(source: Source, error: RateLimited): Promise<number | null>;
  /** An answer came: the next refusal is a first one again. */
  answered(source: Source): void;
}

export function createRefusals(): Refusals {
  const inARow = new Map<string, number>();
  return {
    async refused({ series, budget, refusalWaitsMs }, { retryAfterMs }) {
      if (refusalWaitsMs === null) {
        await budget.block(retryAfterMs ?? undefined);
        return null;
      }
      const before = inARow.get(series.name) ?? 0;
      inARow.set(series.name, before + 1);
      const waitMs = retryAfterMs ?? refusalWaitsMs[Math.min(before, refusalWaitsMs.length - 1)] ?? 0;
      await budget.block(waitMs);
      return waitMs;
    },
    answered: ({ series }) => void inARow.delete(series.name),
  };
}
