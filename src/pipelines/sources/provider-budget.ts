import { setTimeout as delay } from 'node:timers/promises';
import type { Lane } from '../../domain/lane.ts';
import { expectStep } from '../../progress.ts';
import type { Permit } from '../../providers/provider.ts';
import type { Database } from '../../store/database.ts';
import type { BudgetKey } from '../../store/provider-budget.ts';
import { BudgetFar } from './budget-far.ts';
import { createGate, type Shut } from './gate.ts';
import { createSlots } from './slots.ts';

export { BudgetFar };

export interface Turn {
  readonly signal?: AbortSignal;
  /** Unset: as long as it takes. */
  readonly patienceMs?: number;
  /** Unset: live. */
  readonly lane?: Lane;
}

/** The right to send requests, shared by every worker of a provider, key and base URL. */
export interface ProviderBudget {
  /**
   * Returns when a request may be sent, at once; what it returns hears how that ended. Throws `BudgetFar`, where the day is
   * spent whatever the patience, or the reason of an aborted signal.
   */
  beforeRequest(turn: Turn): Promise<Permit>;
  /** Lets nobody send anything for so long, and then one request first. */
  block(forMs?: number): Promise<void>;
}

export interface BudgetPeriod {
  /** What the provider counts in; 60 s. */
  readonly periodMs?: number;
}

export interface BudgetDeps extends BudgetKey, BudgetPeriod {
  readonly db: Database;
  readonly requestsPerMinute: number;
  /** Of the provider's day, which is the UTC one; unset or null: as many as the minutes have. */
  readonly requestsPerDay?: number | null;
  /** How late a slot may be used; 1 s. */
  readonly slackMs?: number;
  /** The least to wait after a refusal, the first, the second in a row, and so on; 1, 5 and 15 periods. */
  readonly refusalWaitsMs?: readonly number[];
  /** After so long the one request after a block counts as lost; 60 s. */
  readonly trialMs?: number;
  /** Milliseconds that only go forward. */
  readonly now?: () => number;
  /** Waits so many of them; throws the reason of an aborted signal. */
  readonly wait?: (forMs: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** A slot is given up once half of its slack is gone: the other half is for the way to the provider. */
const usableShare = 0.5;
/** How often those that wait for the one request after a block ask what came of it. */
const lookEveryMs = 200;

const usualWaits = (periodMs: number) => [1, 5, 15].map((periods) => periods * periodMs);

function waitOnTimer(forMs: number, signal: AbortSignal | undefined): Promise<void> {
  // That slot comes, or that block ends.
  expectStep(forMs);
  return delay(forMs, undefined, signal === undefined ? {} : { signal });
}

/**
 * Spacing alone is not the promise: N + 1 requests, each up to the slack late, could fall into one period. So slots are
 * (period + slack) / N apart, and one that is later than the slack is given up for a new one. Whoever holds a slot asks
 * once more before the request leaves: the provider may have refused another one meanwhile.
 */
export function createProviderBudget(deps: BudgetDeps): ProviderBudget {
  const { db, periodMs = 60_000, slackMs = 1_000, now = () => performance.now(), wait = waitOnTimer } = deps;
  const { refusalWaitsMs = usualWaits(periodMs), trialMs = 60_000 } = deps;
  const key: BudgetKey = { provider: deps.provider, keyHash: deps.keyHash, baseUrl: deps.baseUrl };
  const spacingMs = (periodMs + slackMs) / deps.requestsPerMinute;
  const { requestsPerDay: requests = null } = deps;
  const perDay = requests === null ? null : { requests, lateMs: slackMs };
  const slots = createSlots({ db, key, spacingMs, perDay, now, wait });
  const gate = createGate({ db, ...key, refusalWaitsMs, trialMs, now });

  async function untilOpen(shut: Shut, { signal, patienceMs = Infinity }: Turn): Promise<void> {
    for (let still: Shut | null = shut; still !== null; still = await gate.look()) {
      const { why, inMs } = still;
      if (why === 'refused' && inMs > patienceMs) throw new BudgetFar(inMs, 'refused');
      await wait(why === 'refused' ? inMs : Math.min(inMs, lookEveryMs), signal);
    }
  }

  return {
    async beforeRequest(turn) {
      const { signal, patienceMs = Infinity, lane = 'live' } = turn;
      const deadline = now() + patienceMs;
      for (;;) {
        signal?.throwIfAborted();
        const slot = await slots.take({ lane, deadline, signal });
        const isLate = () => now() - slot.since > usableShare * slackMs;
        const inMs = slot.at - now();
        if (inMs > 0) await wait(inMs, signal);
        if (isLate()) continue;
        const entered = await gate.enter();
        if (!('ended' in entered)) await untilOpen(entered, turn);
        else if (!isLate()) return entered;
        else await entered.ended('undecided');
      }
    },
    block: (forMs = periodMs) => gate.block(forMs),
  };
}
