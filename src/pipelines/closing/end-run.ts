import type { LoadError, RunFailure } from '../../domain/load-error.ts';
import type { SourceName } from '../../domain/source.ts';
import { storableText } from '../../domain/storable-text.ts';
import type { IngestionRun } from '../../runs/ingestion-request.ts';
import type { RunSummary } from '../../runs/run-summary.ts';
import type { Database, Store } from '../../store/database.ts';
import type { EndedRunStatus } from '../../store/schema.ts';
import { borneRanges } from './borne-ranges.ts';
import { countEnded } from './count-ended.ts';
import { nothingCame } from './nothing-came.ts';
import { failPending } from '../../store/load-requests.ts';
import { abandonOpen, type LeftOpen } from '../../store/open-loads.ts';
import { finishMarketDayLoads } from '../../store/finish-market-day-loads.ts';
import { closeFilledGaps } from '../../store/gap-findings.ts';
import { holdOpenRun } from '../../store/open-runs.ts';
import { addRunEvents } from '../../store/run-events.ts';
import { closeRun, readRunSessions, summarize } from '../../store/runs.ts';
import { transaction, type Transaction } from '../../store/transaction.ts';
import { judgeMarketDays } from '../loading/market-day-absences.ts';

/** Completes the loads and the run; the summary is what the ledger says. */
export async function completeRun(
  store: Store,
  { runId, request: { source } }: IngestionRun,
): Promise<RunSummary> {
  const { sessions } = await readRunSessions(store.db, runId);
  const borne = await borneRanges(store.db, { source, runId }, sessions);
  await judgeMarketDays(store, { source, runId }, borne);
  await transaction(store, (tx) => finishMarketDayLoads(tx, { runId, source }, { sessions, borne }));
  await closeFilledGaps(store.db, { runId, source });
  const asked = { sessions: sessions.length, source };
  return closed(store, runId, { status: 'completed', asked, left: leftAtTheEnd });
}

/** No run that completes should have any. */
const leftAtTheEnd: LeftOpen = {
  status: 'failed',
  error: { kind: 'LeftOpen', message: 'the run has ended without it' },
};

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

/** Ends a run that cannot go on: its open loads and requests take the cause, and fail or are cancelled with it. */
export async function giveUpRun(
  store: Store,
  runId: string,
  { status, error: given }: { readonly status: EndedRunStatus; readonly error: RunFailure },
): Promise<RunSummary> {
  // A cause may quote what the database could not hold.
  const error = { kind: storableText(given.kind), message: storableText(given.message) };
  const isToldTo = status === 'cancelled' || status === 'terminated';
  const left: LeftOpen = { status: isToldTo ? 'cancelled' : 'failed', error };
  return closed(store, runId, { status, asked: null, left, error });
}

/** How a run ended, for what it was asked where it came to its end, and what becomes of what it has left open. */
interface RunEnd {
  readonly status: EndedRunStatus;
  readonly asked: { readonly sessions: number; readonly source: SourceName } | null;
  readonly left: LeftOpen;
  readonly error?: RunFailure;
}

/** Closes a run, and counts what it came to where this is what closes it. */
async function closed(store: Store, runId: string, end: RunEnd): Promise<RunSummary> {
  const { summary, isOurs } = await transaction(store, (tx) => closeWithSummary(tx, runId, end));
  if (isOurs) await countEnded(store.db, runId);
  return summary;
}

/** Closes a run and all that is open of it, once: of one that is closed, or that the ledger does not know, nothing is written. */
async function closeWithSummary(
  tx: Transaction,
  runId: string,
  { status, asked, left, error }: RunEnd,
): Promise<{ readonly summary: RunSummary; readonly isOurs: boolean }> {
  // In the order in which what it asks is written.
  await abandonOpen(tx, runId, left);
  const isOurs = await holdOpenRun(tx, runId);
  if (isOurs) await abandonOpen(tx, runId, left);
  const counted = await summarize(tx, runId);
  const note = asked === null ? null : nothingCame(counted, asked.sessions, asked.source);
  const summary = {
    ...counted,
    ...(note === null ? {} : { note }),
    ...(error === undefined ? {} : { error }),
  };
  if (!isOurs) return { summary, isOurs };
  await closeRun(tx, runId, { status, summary });
  const { successful, partial, failed, changedRecords } = summary;
  const message = `${status}: ${successful} successful, ${partial} partial, ${failed} failed, ${changedRecords} records changed`;
  await addRunEvents(tx, runId, [
    ...(error === undefined ? [] : [{ level: 'error', message: error.message, data: error } as const]),
    ...(note === null ? [] : [{ level: 'warn', message: note } as const]),
    { level: failed > 0 ? 'warn' : 'info', message },
  ]);
  return { summary, isOurs };
}
