import { closeCounted } from '../src/pipelines/closing/count-ended.ts';
import { endEvents, summarizeIndicators } from '../src/pipelines/indicators/summarize-indicators.ts';
import { waitEvents, type SessionWait } from '../src/pipelines/waiting/session-wait.ts';
import type { IndicatorsRun } from '../src/runs/indicators-request.ts';
import type { IndicatorsSummary } from '../src/runs/indicators-summary.ts';
import type { Store } from '../src/store/database.ts';
import { abandonLoads } from '../src/store/load-runs.ts';
import { addRunEvents } from '../src/store/run-events.ts';

export type { SessionWait } from '../src/pipelines/waiting/session-wait.ts';

export function createIndicatorClosingActivities({ store }: { readonly store: Store }) {
  const { db } = store;
  return {
    /** Says how the wait for the session's bars has ended. */
    async noteIngestionWait(runId: string, wait: SessionWait): Promise<void> {
      await addRunEvents(db, runId, waitEvents(wait));
    },

    /** Gives up what is not computed yet, since the run has reached its deadline. */
    async expireIndicatorRun(runId: string, timeoutSeconds: number): Promise<void> {
      const message = `not computed within the run's ${timeoutSeconds} s`;
      await abandonLoads(db, runId, { status: 'failed', error: { kind: 'DeadlineExceeded', message } });
      await addRunEvents(db, runId, [
        { level: 'warn', message: `the run has reached its deadline of ${timeoutSeconds} s` },
      ]);
    },

    /** Completes the run; the summary is what the ledger says. */
    async finishIndicatorRun(run: IndicatorsRun, wait: SessionWait): Promise<IndicatorsSummary> {
      const summary = await summarizeIndicators(store, run, wait);
      await closeCounted(db, run.runId, { status: 'completed', summary });
      await addRunEvents(db, run.runId, endEvents(summary));
      return summary;
    },
  };
}

export type IndicatorClosingActivities = ReturnType<typeof createIndicatorClosingActivities>;
