import { ApplicationFailure } from '@temporalio/common';
import { sessionsBetween } from '../src/calendar/exchange-calendar.ts';
import type { FollowingRun } from '../src/flows/following-run.ts';
import { wayInRules } from '../src/domain/quality-rule.ts';
import { closeCounted } from '../src/pipelines/closing/count-ended.ts';
import { judgementOf } from '../src/pipelines/quality/after-settlement.ts';
import { judgeWholeSessions } from '../src/pipelines/quality/judge-whole-sessions.ts';
import { planJudging, SymbolsUnknown, type ValidationPlan } from '../src/pipelines/quality/plan-judging.ts';
import { rulesOf, validateBatch, type ValidationWish } from '../src/pipelines/quality/validate-batch.ts';
import {
  validationWait,
  waitEvents,
  type SessionProgress,
  type SessionWait,
} from '../src/pipelines/waiting/session-wait.ts';
import type { IngestionRun } from '../src/runs/ingestion-request.ts';
import type { ValidationRun, ValidationSummary } from '../src/runs/validation-request.ts';
import type { Store } from '../src/store/database.ts';
import { addRunEvents } from '../src/store/run-events.ts';
import { readNominalTime } from '../src/store/runs.ts';
import { validationCounts } from '../src/store/validation-counts.ts';

export type { SessionProgress } from '../src/pipelines/waiting/session-wait.ts';
export type { ValidationPlan } from '../src/pipelines/quality/plan-judging.ts';

export interface ValidationDeps {
  readonly store: Store;
  /** Symbols of one batch. */
  readonly batchSize: number;
}

export function createValidationActivities({ store, batchSize }: ValidationDeps) {
  /** A run that is in the ledger is for a time. */
  const sessionsWish = async (wish: ValidationWish) => {
    const nominalTime = (await readNominalTime(store.db, wish.runId)) ?? new Date().toISOString();
    return { ...wish, rules: rulesOf(wish), nominalTime };
  };

  return {
    /** Whether the daily bars of the session have come from every source, and their corporate actions. */
    readIngestions(run: ValidationRun): Promise<SessionProgress> {
      return validationWait(store, run);
    },

    /** Says how the wait for them has ended. */
    async noteValidationWait(runId: string, wait: SessionWait): Promise<void> {
      await addRunEvents(store.db, runId, waitEvents(wait));
    },

    /** The validation of what a run has settled. */
    planJudgement(run: IngestionRun): Promise<FollowingRun> {
      return judgementOf(store.db, run);
    },

    /** Cuts the instruments of a request into batches. */
    async planValidation(run: ValidationRun): Promise<ValidationPlan> {
      try {
        return await planJudging(store, run, batchSize);
      } catch (error) {
        if (!(error instanceof SymbolsUnknown)) throw error;
        throw ApplicationFailure.nonRetryable(error.message, error.name);
      }
    },

    /** Judges the stored daily bars of some instruments, and keeps what is found; returns how many bars these were. */
    judgeBars(wish: ValidationWish, instrumentIds: readonly number[]): Promise<number> {
      return validateBatch(store, wish, instrumentIds);
    },

    /** Judges sessions as a whole, and completes the run; what became of findings is what their events say. */
    async finishValidation(
      { batches, wish }: ValidationPlan,
      cells: number,
      wait?: SessionWait,
    ): Promise<ValidationSummary> {
      const { runId, range } = wish;
      const { everything = false } = wish;
      if (everything) await judgeWholeSessions(store, await sessionsWish(wish));
      // What never came to be stored is as open as what is stored and wrong.
      const rules = [...rulesOf(wish), ...(wish.checks === null ? wayInRules : [])];
      const judged = { rules, instrumentIds: batches.flat(), range, everything };
      const { error, warn, info, blocked, ...told } = await validationCounts(store.db, runId, judged);
      const sessions = sessionsBetween(range).length;
      const summary = { sessions, cells, ...told, open: { error, warn, info }, blocked, ...wait };
      await closeCounted(store.db, runId, { status: 'completed', summary });
      const message = `completed: ${cells} bars judged, ${error} errors, ${warn} warnings and ${info} notes are open`;
      await addRunEvents(store.db, runId, [{ level: 'info', message, data: summary }]);
      return summary;
    },
  };
}

export type ValidationActivities = ReturnType<typeof createValidationActivities>;
