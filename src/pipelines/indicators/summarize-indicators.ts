import type { IndicatorsRun } from '../../runs/indicators-request.ts';
import type { IndicatorsSummary } from '../../runs/indicators-summary.ts';
import type { Store } from '../../store/database.ts';
import type { RunEvent } from '../../store/run-events.ts';
import { readRunSessions, summarize } from '../../store/runs.ts';
import { symbolsWithoutBar } from '../../store/session-ingestion.ts';
import type { IngestionWait } from './ingestion-wait.ts';

/** What a calculation ends with, as the ledger says it; it went on without the bars that its session has not. */
export async function summarizeIndicators(
  { db }: Store,
  { runId, request }: IndicatorsRun,
  wait: IngestionWait,
): Promise<IndicatorsSummary> {
  const counts = await summarize(db, runId);
  const session = (await readRunSessions(db, runId)).range.to;
  const lacking = await symbolsWithoutBar(db, { runId, source: request.source, session });
  const lack = `${lacking} of ${counts.totalSymbols} symbols have no bar of ${session}`;
  const wentOnWithout = wait.wentOnWithout ?? (lacking > 0 ? lack : null);
  return { ...counts, calculationDate: session, waitedFor: wait.waitedFor, wentOnWithout };
}

/** What the protocol of a run says at its end. */
export function endEvent(summary: IndicatorsSummary): RunEvent {
  const { successful, partial, failed, totalRecords, changedRecords } = summary;
  const message =
    `completed: ${successful} successful, ${partial} partial, ${failed} failed, ` +
    `${totalRecords} rows computed, ${changedRecords} changed`;
  return { level: failed > 0 ? 'warn' : 'info', message };
}
