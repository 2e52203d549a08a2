import type { RunFailure } from '../src/domain/load-error.ts';
import { countEnded } from '../src/pipelines/closing/count-ended.ts';
import { completeRun, failUnasked, giveUpRun } from '../src/pipelines/closing/end-run.ts';
import type { IngestionRun } from '../src/runs/ingestion-request.ts';
import type { RunSummary } from '../src/runs/run-summary.ts';
import type { Store } from '../src/store/database.ts';
import { holdOpenRun } from '../src/store/open-runs.ts';
import { addRunEvents } from '../src/store/run-events.ts';
import { closeRun } from '../src/store/runs.ts';
import { transaction } from '../src/store/transaction.ts';

export interface ClosingDeps {
  readonly store: Store;
}

export function createClosingActivities({ store }: ClosingDeps) {
  const { db } = store;

  return {
    /** Completes the loads and the run; the summary is what the ledger says. */
    async finishRun(run: IngestionRun): Promise<RunSummary> {
      return completeRun(store, run);
    },

    /** Gives up what is not asked yet, since the run has reached its deadline; the summary says so. */
    async expireRun(runId: string, timeoutSeconds: number): Promise<void> {
      await failUnasked(db, runId, timeoutSeconds);
    },

    /** Says that the run will be begun again as a whole. */
    async noteRetry(runId: string, error: RunFailure, delaySeconds: number): Promise<void> {
      const message = `the run cannot go on and is begun again in ${delaySeconds} s: ${error.message}`;
      await addRunEvents(db, runId, [{ level: 'warn', message, data: error }]);
    },

    /** Says that something beside the bars of a run was not brought to its end, and why. */
    async noteBrokenOff(runId: string, error: RunFailure): Promise<void> {
      await addRunEvents(db, runId, [{ level: 'warn', message: error.message, data: error }]);
    },

    /** Completes a run that has no loads. */
    async finishSideRun(runId: string, summary: object): Promise<void> {
      const isOurs = await transaction(store, async (tx) => {
        if (!(await holdOpenRun(tx, runId))) return false;
        await closeRun(tx, runId, { status: 'completed', summary });
        await addRunEvents(tx, runId, [{ level: 'info', message: 'completed', data: summary }]);
        return true;
      });
      if (isOurs) await countEnded(db, runId);
    },

    /** Ends a run that cannot go on: what is open is failed or cancelled, with the cause; what was written stays. */
    async abandonRun(runId: string, status: 'failed' | 'cancelled', error: RunFailure): Promise<RunSummary> {
      return giveUpRun(store, runId, { status, error });
    },
  };
}

export type ClosingActivities = ReturnType<typeof createClosingActivities>;
