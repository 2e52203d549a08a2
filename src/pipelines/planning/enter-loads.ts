import type { ReferenceList } from '../../domain/instrument.ts';
import type { IngestionRun } from '../../runs/ingestion-request.ts';
import type { Store } from '../../store/database.ts';
import { insertLoads, unidentifiedLoads } from '../../store/load-runs.ts';
import { addRunEvents } from '../../store/run-events.ts';
import { readRunSessions } from '../../store/runs.ts';
import { transaction } from '../../store/transaction.ts';
import { listsDue } from './lists-due.ts';
import type { Pace, PlannedWave } from './pace.ts';
import { planWave } from './plan-wave.ts';
import { loadsOf } from './wished-loads.ts';

/** What has to come before the loads of a run can be planned; or the first wave of its plan. */
export type EnteredLoads =
  | { readonly listsDue: readonly ReferenceList[] }
  /** Symbols to look up, and how long that may take. */
  | { readonly unidentified: number; readonly seconds: number }
  | { readonly wave: PlannedWave };

export interface WavePlanning {
  readonly store: Store;
  /** Of the run's source. */
  readonly pace: Pace;
}

/** Requests that a look-up of one symbol may take. */
const requestsOfLookUp = 4;

/** Enters one load a symbol, once the lists that it needs are read, and plans them where nothing has to be looked up. */
export async function enterAndPlan(
  { store, pace }: WavePlanning,
  run: IngestionRun,
  { listsAreRead }: { readonly listsAreRead: boolean },
): Promise<EnteredLoads> {
  const due = listsAreRead ? [] : await listsDue(store.db, run.request);
  if (due.length > 0) return { listsDue: due };
  await enterWished(store, run);
  const unidentified = (await unidentifiedLoads(store.db, run.runId)).length;
  if (unidentified > 0) return { unidentified, seconds: pace.secondsFor(unidentified * requestsOfLookUp) };
  return { wave: await planWave(store, run, { wave: 1, pace }) };
}

async function enterWished(store: Store, { workflowId, runId, request }: IngestionRun): Promise<void> {
  const { source, interval } = request;
  const { range, sessions } = await readRunSessions(store.db, runId);
  const loads = await loadsOf(store.db, request);
  await transaction(store, (tx) => insertLoads(tx, { workflowId, runId, source, interval, range, loads }));
  const message = `${loads.length} symbols, ${sessions.length} sessions from ${range.from} to ${range.to}`;
  await addRunEvents(store.db, runId, [{ level: 'info', message }]);
}
