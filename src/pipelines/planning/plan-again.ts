import { exchangeCalendar } from '../../calendar/exchange-calendar.ts';
import { passingErrorKinds } from '../../domain/provider-errors.ts';
import type { IngestionRun } from '../../runs/ingestion-request.ts';
import { sessionsOf } from '../../runs/run-sessions.ts';
import type { Store } from '../../store/database.ts';
import { dropPlan, reopenRequests } from '../../store/load-requests.ts';
import { addRunEvents } from '../../store/run-events.ts';
import { setRunSessions } from '../../store/runs.ts';
import { transaction } from '../../store/transaction.ts';
import type { WavePlanning } from './enter-loads.ts';
import type { PlannedWave } from './pace.ts';

/** Opens again what failed for a passing cause, as a wave of its own. */
export async function reopenPassing(
  { store, pace }: WavePlanning,
  { runId, wave }: { readonly runId: string; readonly wave: number },
): Promise<PlannedWave> {
  const batches = await transaction(store, (tx) =>
    reopenRequests(tx, { runId, wave }, passingErrorKinds, pace.size),
  );
  if (batches > 0) {
    const message = `what failed for a passing cause is tried again: round ${wave - 1}`;
    await addRunEvents(store.db, runId, [{ level: 'info', message }]);
  }
  return pace.waveOf(batches);
}

/** Takes back what is planned, for the sessions of the range that the request has now. */
export async function changeSessions(store: Store, { runId, request }: IngestionRun): Promise<void> {
  const sessions = sessionsOf(request, exchangeCalendar);
  const { range } = sessions;
  await setRunSessions(store.db, runId, sessions);
  await transaction(store, (tx) => dropPlan(tx, runId, range, passingErrorKinds));
  const message = `the range was changed to ${range.from} .. ${range.to}`;
  await addRunEvents(store.db, runId, [{ level: 'info', message }]);
}
