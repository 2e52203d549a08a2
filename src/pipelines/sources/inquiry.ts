import { setTimeout as delay } from 'node:timers/promises';
import { RateLimited, type ProviderError } from '../../domain/provider-errors.ts';
import type { SourceName } from '../../domain/source.ts';
import type { Caller, RequestOptions } from '../../providers/provider.ts';
import type { Database } from '../../store/database.ts';
import { countRequests } from '../../store/runs.ts';
import { attempt, readable } from './attempt.ts';
import { BudgetFar } from './budget-far.ts';
import { tellHeld, tellRefused } from './halt-event.ts';
import { watchClock } from './wrong-clock.ts';

/** Who asks a source beside the bars of a batch, for a run. */
export interface Inquiry extends Caller {
  readonly db: Database;
  readonly source: SourceName;
  readonly runId: string;
  /** What its requests are to the run. */
  readonly counts: 'requests' | 'lookups';
}

/** A turn that is further off has a reason that the run should hear. */
const untoldMs = 60_000;

/**
 * Asks a source something for a run and counts its requests; a provider's error becomes a value. The run hears of a clock
 * that is wrong, and of a source that asks nobody: one that refuses is waited for, of one whose day is spent `BudgetFar`
 * is thrown. Unset, the patience is endless.
 */
export async function inquire<T>(
  inquiry: Inquiry,
  ask: (options: RequestOptions) => Promise<T>,
): Promise<T | ProviderError> {
  for (let patienceMs: number | null = untoldMs; ;) {
    try {
      return await inquireOnce(inquiry, patienceMs, ask);
    } catch (error) {
      if (!(error instanceof BudgetFar) || error.because === 'spent') throw error;
      if (error.blocked) await delay(error.resumeInMs, undefined, { signal: inquiry.signal });
      else patienceMs = null;
    }
  }
}

/** The same, for who has no more patience than that: throws `BudgetFar` then; null: endless. */
export async function inquireOnce<T>(
  { db, source, runId, counts, signal, lane }: Inquiry,
  patienceMs: number | null,
  ask: (options: RequestOptions) => Promise<T>,
): Promise<T | ProviderError> {
  let made = 0;
  const clock = watchClock(source);
  const onRequest = () => (made += 1);
  const patience = patienceMs === null ? {} : { patienceMs };
  const options = { signal, lane, onRequest, onWrongClock: clock.onWrongClock, ...patience };
  try {
    const answer = await attempt(() => readable(() => ask(options)));
    if (answer instanceof RateLimited) await tellRefused(db, { runId, source }, answer.waitMs ?? 0);
    return answer;
  } catch (error) {
    await tellHeld(db, { runId, source }, error);
    throw error;
  } finally {
    if (made > 0) await countRequests(db, runId, { [counts]: made });
    await clock.tell(db, runId);
  }
}
