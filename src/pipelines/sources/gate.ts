import { randomUUID } from 'node:crypto';
import type { RateLimited } from '../../domain/provider-errors.ts';
import type { Permit } from '../../providers/provider.ts';
import type { Database } from '../../store/database.ts';
import type { BudgetKey } from '../../store/provider-budget.ts';
import {
  blockBudget,
  claimTrial,
  endTrial,
  noteRefusal,
  readRefusals,
  type ProviderRefusals,
} from '../../store/provider-refusals.ts';
import { watchRefusals } from './refusal-watch.ts';

/** Nothing may leave: the provider has refused, or the one request after that is not answered yet. */
export interface Shut {
  readonly why: 'refused' | 'trial';
  /** How long at most. */
  readonly inMs: number;
}

/**
 * Whether requests may leave, for every worker of a provider, key and base URL: after a refusal none does for a while,
 * then one by itself; once that is served the others follow.
 */
export interface Gate {
  /** The right to send one request at once. */
  enter(): Promise<Permit | Shut>;
  /** What `enter` would say, without a request; null: it may be asked. */
  look(): Promise<Shut | null>;
  /** Shuts it for so long, as a refusal does. */
  block(forMs: number): Promise<void>;
}

export interface GateDeps extends BudgetKey {
  readonly db: Database;
  /** The least to wait after a refusal, the first, the second in a row, and so on. */
  readonly refusalWaitsMs: readonly number[];
  /** After so long a request after a block counts as lost, with the process that sent it. */
  readonly trialMs: number;
  /** Milliseconds that only go forward. */
  readonly now: () => number;
}

/** No wish of a provider is heard for longer. */
const longestWishMs = 3_600_000;
/** A wish for decades is a mistake, and says no more than none; the longest quota is that of a month. */
const earnestWishMs = 31 * 86_400_000;

export function createGate({ db, refusalWaitsMs: usualMs, trialMs, now, ...key }: GateDeps): Gate {
  /** Refusals of this process that the database does not know yet. */
  let untold = 0;
  const watch = watchRefusals(() => readRefusals(db, key), now);

  async function refused(error: RateLimited, known: number): Promise<void> {
    untold += 1;
    try {
      error.waitMs = await noteRefusal(db, key, { known, wishMs: heard(error), usualMs });
    } finally {
      untold -= 1;
      watch.changed();
    }
  }

  const usualPermit: Permit = {
    ended: (end) => (typeof end === 'string' ? Promise.resolve() : refused(end, 0)),
  };

  async function trial(known: number): Promise<Permit | null> {
    const by = randomUUID();
    if (!(await claimTrial(db, key, { by, forMs: trialMs }))) return null;
    return {
      ended: (end) =>
        typeof end === 'string' ? endTrial(db, key, { by, served: end === 'served' }) : refused(end, known),
    };
  }

  function shut({ count, blockedMs, trialMs: underWayMs }: ProviderRefusals): Shut | null {
    if (untold > 0) return { why: 'refused', inMs: 0 };
    if (blockedMs > 0) return { why: 'refused', inMs: blockedMs };
    return count > 0 && underWayMs > 0 ? { why: 'trial', inMs: underWayMs } : null;
  }

  return {
    async enter() {
      const refusals = await watch.current();
      const closed = shut(refusals);
      if (closed !== null) return closed;
      if (refusals.count === 0) return usualPermit;
      return (await trial(refusals.count)) ?? { why: 'trial', inMs: trialMs };
    },
    look: async () => shut(await watch.current()),
    async block(forMs) {
      await blockBudget(db, key, forMs);
      watch.changed();
    },
  };
}

/** The part of a provider's wish that is heard, milliseconds. */
function heard({ retryAfterMs: wishMs }: RateLimited): number {
  return wishMs === null || wishMs > earnestWishMs ? 0 : Math.min(wishMs, longestWishMs);
}
