import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../../store/database.ts';
import { blockBudget, reserveSlots, type BudgetKey } from '../../store/provider-budget.ts';

/** The next free slot is further away than the caller waits for. */
export class BudgetFar extends Error {
  override readonly name = 'BudgetFar';
  readonly resumeInMs: number;
  constructor(resumeInMs: number) {
    super(`the provider's next free slot is ${Math.round(resumeInMs)} ms away`);
    this.resumeInMs = resumeInMs;
  }
}

export interface Turn {
  readonly signal?: AbortSignal;
  /** Unset: as long as it takes. */
  readonly patienceMs?: number;
}

/** The right to send requests, shared by every worker of a provider, key and base URL. */
export interface ProviderBudget {
  /** Returns when a request may be sent, at once. Throws `BudgetFar`, or the reason of an aborted signal. */
  beforeRequest(turn: Turn): Promise<void>;
  /** Lets nobody send anything for so long; unless told, for the period that the provider counts in. */
  block(forMs?: number): Promise<void>;
}

export interface BudgetPeriod {
  /** What the provider counts in; 60 s. */
  readonly periodMs?: number;
}

export interface BudgetDeps extends BudgetKey, BudgetPeriod {
  readonly db: Database;
  readonly requestsPerMinute: number;
  /** How late a slot may be used; 1 s. */
  readonly slackMs?: number;
  /** Milliseconds that only go forward. */
  readonly now?: () => number;
}

/** A fast provider is served by reserving what is used up within so long. */
const reserveAheadMs = 250;
const mostAtOnce = 256;
/** A slot is given up once half of its slack is gone: the other half is for the way to the provider. */
const usableShare = 0.5;

/**
 * Spacing alone is not the promise: N + 1 requests, each up to the slack late, could fall into one period. So slots are
 * (period + slack) / N apart, and one that is later than the slack is given up for a new one.
 */
export function createProviderBudget(deps: BudgetDeps): ProviderBudget {
  const { db, requestsPerMinute, periodMs = 60_000, slackMs = 1_000, now = () => performance.now() } = deps;
  const key: BudgetKey = { provider: deps.provider, keyHash: deps.keyHash, baseUrl: deps.baseUrl };
  const spacingMs = (periodMs + slackMs) / requestsPerMinute;
  const count = Math.max(1, Math.min(mostAtOnce, Math.floor(reserveAheadMs / spacingMs)));
  let slots: number[] = [];
  let reserving: Promise<void> | null = null;

  /** One reservation at a time: callers that wait share what it brings. */
  function reserve(maxWaitMs: number): Promise<void> {
    reserving ??= (async () => {
      const { reserved, inMs } = await reserveSlots(db, key, { count, spacingMs, maxWaitMs });
      if (!reserved) throw new BudgetFar(inMs);
      const first = now() + inMs;
      slots.push(...Array.from({ length: count }, (_, index) => first + index * spacingMs));
    })().finally(() => (reserving = null));
    return reserving;
  }

  async function takeSlot(patienceMs: number): Promise<number> {
    for (;;) {
      const slot = slots.shift();
      if (slot !== undefined) return slot;
      await reserve(patienceMs);
    }
  }

  return {
    async beforeRequest({ signal, patienceMs = Infinity }) {
      for (;;) {
        signal?.throwIfAborted();
        const slot = await takeSlot(patienceMs);
        const wait = slot - now();
        if (wait > 0) await delay(wait, undefined, signal === undefined ? {} : { signal });
        if (now() - slot <= usableShare * slackMs) return;
      }
    },
    async block(forMs = periodMs) {
      slots = [];
      await blockBudget(db, key, forMs);
    },
  };
}
