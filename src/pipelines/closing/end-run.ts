import type { LoadError, RunFailure } from '../../domain/load-error.ts';
import type { SourceName } from '../../domain/source.ts';
import { storableText } from '../../domain/storable-text.ts';
import type { IngestionRun } from '../../runs/ingestion-request.ts';
import type { RunSummary } from '../../runs/run-summary.ts';
import type { Database, Store } from '../../store/database.ts';
import type { EndedRunStatus } from '../../store/schema.ts';
import { nothingCame } from './nothing-came.ts';
import { failPending } from '../../store/load-requests.ts';
import { abandonLoads, finishMarketDayLoads } from '../../store/load-runs.ts';
import { addRunEvents } from '../../store/run-events.ts';
import { closeRun, readRunSessions, summarize } from '../../store/runs.ts';
import { transaction } from '../../store/transaction.ts';
import { judgeMarketDays } from '../loading/market-day-absences.ts';

/** Completes the loads and the run; the summary is what the ledger says. */
export async function completeRun(
  store: Store,
  { runId, request: { source } }: IngestionRun,
): Promise<RunSummary> {
  const { sessions } = await readRunSessions(store.db, runId);
  await judgeMarketDays(store, { source, runId });
  await transaction(store, (tx) => finishMarketDayLoads(tx, { runId, source }, sessions));
  return closeWithSummary(store.db, runId, {
    status: 'completed',
    asked: { sessions: sessions.length, source },
  });
}

/** Fails what is not asked yet, since the run has reached its deadline. */
export async function failUnasked(db: Database, runId: string, timeoutSeconds: number): Promise<void> {
  const error: LoadError = {
    kind: 'DeadlineExceeded',
    message: `not asked within the run's ${timeoutSeconds} s`,
  };
  const message = `the run has reached its deadline of ${timeoutSeconds} s`;
  await addRunEvents(db, runId, [{ level: 'warn', message }]);
  await failPending(db, runId, error);
}

/** Ends a run that cannot go on: its open loads take the cause, and fail or are cancelled with it. */
export async function giveUpRun(
  db: Database,
  runId: string,
  { status, error: given }: { readonly status: EndedRunStatus; readonly error: RunFailure },
): Promise<RunSummary> {
  // A cause may quote what the database could not hold.
  const error = { kind: storableText(given.kind), message: storableText(given.message) };
  await addRunEvents(db, runId, [{ level: 'error', message: error.message, data: error }]);
  const isToldTo = status === 'cancelled' || status === 'terminated';
  await abandonLoads(db, runId, { status: isToldTo ? 'cancelled' : 'failed', error });
  return closeWithSummary(db, runId, { status, asked: null, error });
}

/** How a run ended, and for what it was asked where it came to its end. */
interface RunEnd {
  readonly status: EndedRunStatus;
  readonly asked: { readonly sessions: number; readonly source: SourceName } | null;
  readonly error?: RunFailure | null;
}

async function closeWithSummary(
  db: Database,
  runId: string,
  { status, asked, error = null }: RunEnd,
): Promise<RunSummary> {
  const counted = await summarize(db, runId);
  const note = asked === null ? null : nothingCame(counted, asked.sessions, asked.source);
  const summary = {
    ...counted,
    ...(note === null ? {} : { note }),
    ...(error === null ? {} : { error }),
  };
  await closeRun(db, runId, { status, summary });
  const { successful, partial, failed, changedRecords } = summary;
  const message = `${status}: ${successful} successful, ${partial} partial, ${failed} failed, ${changedRecords} records changed`;
  await addRunEvents(db, runId, [
    ...(note === null ? [] : [{ level: 'warn', message: note } as const]),
    { level: failed > 0 ? 'warn' : 'info', message },
  ]);
  return summary;
}
