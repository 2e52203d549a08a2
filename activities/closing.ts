import type { RunSummary } from '../src/runs/run-summary.ts';
import type { Store } from '../src/store/database.ts';
import { failPending } from '../src/store/load-requests.ts';
import type { LoadError, RunFailure } from '../src/domain/load-error.ts';
import { abandonLoads, finishMarketDayLoads } from '../src/store/load-runs.ts';
import { transaction } from '../src/store/transaction.ts';
import { addRunEvents } from '../src/store/run-events.ts';
import { closeRun, readRunSessions, summarize } from '../src/store/runs.ts';
import type { IngestionRun } from '../src/runs/ingestion-request.ts';
import { judgeMarketDays } from '../src/pipelines/loading/market-day-absences.ts';

export interface ClosingDeps {
  readonly store: Store;
}

export function createClosingActivities({ store }: ClosingDeps) {
  const { db } = store;

  async function close(runId: string, status: 'completed' | 'failed' | 'cancelled'): Promise<RunSummary> {
    const summary = await summarize(db, runId);
    await closeRun(db, runId, { status, summary });
    const { successful, partial, failed, changedRecords } = summary;
    const message = `${status}: ${successful} successful, ${partial} partial, ${failed} failed, ${changedRecords} records changed`;
    await addRunEvents(db, runId, [{ level: failed > 0 ? 'warn' : 'info', message }]);
    return summary;
  }

  return {
    /** Completes the loads and the run; the summary is what the ledger says. */
    async finishRun({ runId, request }: IngestionRun): Promise<RunSummary> {
      const { source } = request;
      const { sessions } = await readRunSessions(db, runId);
      await judgeMarketDays(store, { source, runId });
      await transaction(store, (tx) => finishMarketDayLoads(tx, { runId, source }, sessions));
      return close(runId, 'completed');
    },

    /** Gives up what is not asked yet, since the run has reached its deadline; the summary says so. */
    async expireRun(runId: string, timeoutSeconds: number): Promise<void> {
      const message = `not asked within the run's ${timeoutSeconds} s`;
      const error: LoadError = { kind: 'DeadlineExceeded', message };
      await addRunEvents(db, runId, [
        { level: 'warn', message: `the run has reached its deadline of ${timeoutSeconds} s` },
      ]);
      await failPending(db, runId, error);
    },

    /** Says that the run will be begun again as a whole. */
    async noteRetry(runId: string, error: RunFailure, delaySeconds: number): Promise<void> {
      const message = `the run cannot go on and is begun again in ${delaySeconds} s: ${error.message}`;
      await addRunEvents(db, runId, [{ level: 'warn', message, data: error }]);
    },

    /** Ends a run that cannot go on: what is open is failed or cancelled, with the cause; what was written stays. */
    async abandonRun(runId: string, status: 'failed' | 'cancelled', error: RunFailure): Promise<RunSummary> {
      await addRunEvents(db, runId, [{ level: 'error', message: error.message, data: error }]);
      await abandonLoads(db, runId, { status, error });
      return close(runId, status);
    },
  };
}

export type ClosingActivities = ReturnType<typeof createClosingActivities>;
