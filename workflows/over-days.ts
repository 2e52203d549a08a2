import { ActivityFailure, ApplicationFailure, sleep } from '@temporalio/workflow';
import type { DaySpentKind } from '../activities/failures.ts';
import { waitFor } from './run-wait.ts';
import type { PhaseLimit, Steering } from './steering.ts';

/** Carries out a phase that asks a source; the rest of a day whose requests are spent is no part of what it may take. */
export async function overDays<Result>(
  steering: Steering,
  { what, seconds }: PhaseLimit,
  work: () => Promise<Result>,
): Promise<Result> {
  const until = steering.workedMs() + seconds * 1000;
  for (;;) {
    const left = Math.max(0, Math.ceil((until - steering.workedMs()) / 1000));
    try {
      return await steering.carryOut({ what, seconds: left }, work);
    } catch (error) {
      const restMs = restOfDay(error);
      if (restMs === null) throw error;
      const waits = waitFor('the next day of the budget', restMs);
      steering.show(() => ({ phase: what, batchesDone: 0, batches: 0, waits }));
      await steering.standStill(() => sleep(restMs, { summary: `waits for ${waits.what}` }));
    }
  }
}

/** What is left of a day whose requests are spent, milliseconds; null: an error says something else. */
function restOfDay(error: unknown): number | null {
  const cause = error instanceof ActivityFailure ? error.cause : null;
  const kind = 'DaySpent' satisfies DaySpentKind;
  if (!(cause instanceof ApplicationFailure) || cause.type !== kind) return null;
  const [restMs] = (cause.details ?? []) as readonly unknown[];
  return typeof restMs === 'number' ? restMs : null;
}
