import type { Database } from '../../store/database.ts';
import { reserveSlots, type BudgetKey } from '../../store/provider-budget.ts';
import { BudgetFar } from './budget-far.ts';

export interface SlotDeps {
  readonly db: Database;
  readonly key: BudgetKey;
  readonly spacingMs: number;
  /** Milliseconds that only go forward. */
  readonly now: () => number;
}

/** A fast provider is served by reserving what is used up within so long. */
const reserveAheadMs = 250;
const mostAtOnce = 256;

/** Slots of a budget: `take` tells when the next one is, or throws `BudgetFar`. */
export function createSlots({ db, key, spacingMs, now }: SlotDeps) {
  const count = Math.max(1, Math.min(mostAtOnce, Math.floor(reserveAheadMs / spacingMs)));
  const slots: number[] = [];
  let reserving: Promise<void> | null = null;

  /** One reservation at a time: callers that wait share what it brings. */
  function reserve(maxWaitMs: number): Promise<void> {
    reserving ??= (async () => {
      const { reserved, inMs, blocked } = await reserveSlots(db, key, { count, spacingMs, maxWaitMs });
      if (!reserved) throw new BudgetFar(inMs, blocked);
      const first = now() + inMs;
      slots.push(...Array.from({ length: count }, (_, index) => first + index * spacingMs));
    })().finally(() => (reserving = null));
    return reserving;
  }

  return {
    async take(patienceMs: number): Promise<number> {
      for (;;) {
        const slot = slots.shift();
        if (slot !== undefined) return slot;
        try {
          await reserve(patienceMs);
        } catch (error) {
          // Another caller's patience is not ours.
          if (!(error instanceof BudgetFar) || error.resumeInMs > patienceMs) throw error;
        }
      }
    },
  };
}
