import type { AwaitedIngestion, IndicatorsSummary } from '../src/runs/indicators-summary.ts';
import type { Store } from '../src/store/database.ts';
import { abandonLoads } from '../src/store/load-runs.ts';
import { addRunEvents } from '../src/store/run-events.ts';
import { closeRun, summarize } from '../src/store/runs.ts';
import { symbolsWithoutBar } from '../src/store/session-ingestion.ts';
import { windowOf, type IndicatorsRun } from '../src/runs/indicators-run.ts';

/** What a run waited for, and what it went on without. */
export interface IngestionWait {
  readonly waitedFor: AwaitedIngestion | null;
  readonly wentOnWithout: string | null;
}

export function createIndicatorClosingActivities({ store: { db } }: { readonly store: Store }) {
  return {
    /** Says how the wait for the session's bars has ended. */
    async noteIngestionWait(runId: string, { waitedFor, wentOnWithout }: IngestionWait): Promise<void> {
      const waited = waitedFor === null ? '' : `waited ${waitedFor.seconds} s for ${waitedFor.flow}`;
      const without =
        wentOnWithout === null ? '' : `goes on without the bars of the session: ${wentOnWithout}`;
      const message = [waited, without].filter((part) => part !== '').join('; ');
      if (message === '') return;
      await addRunEvents(db, runId, [{ level: wentOnWithout === null ? 'info' : 'warn', message }]);
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
    async finishIndicatorRun(
      { runId, request }: IndicatorsRun,
      wait: IngestionWait,
    ): Promise<IndicatorsSummary> {
      const counts = await summarize(db, runId);
      const { session } = windowOf(request);
      const lacking = await symbolsWithoutBar(db, { runId, source: request.source, session });
      const lack = `${lacking} of ${counts.totalSymbols} symbols have no bar of ${session}`;
      const wentOnWithout = wait.wentOnWithout ?? (lacking > 0 ? lack : null);
      const summary = { ...counts, calculationDate: session, waitedFor: wait.waitedFor, wentOnWithout };
      await closeRun(db, runId, { status: 'completed', summary });
      const { successful, partial, failed, totalRecords, changedRecords } = summary;
      const message =
        `completed: ${successful} successful, ${partial} partial, ${failed} failed, ` +
        `${totalRecords} rows computed, ${changedRecords} changed`;
      await addRunEvents(db, runId, [{ level: failed > 0 ? 'warn' : 'info', message }]);
      return summary;
    },
  };
}

export type IndicatorClosingActivities = ReturnType<typeof createIndicatorClosingActivities>;
