import { exchangeCalendar } from '../src/calendar/exchange-calendar.ts';
import { passingErrorKinds } from '../src/domain/provider-errors.ts';
import type { SourceName } from '../src/domain/source.ts';
import { listsDue, type ReferenceList } from '../src/pipelines/planning/lists-due.ts';
import { paceFor, type PlannedWave } from '../src/pipelines/planning/pace.ts';
import { planWave } from '../src/pipelines/planning/plan-wave.ts';
import { loadsOf } from '../src/pipelines/planning/wished-loads.ts';
import type { Source } from '../src/pipelines/sources/sources.ts';
import type { IngestionRun } from '../src/runs/ingestion-request.ts';
import { sessionsOf } from '../src/runs/run-sessions.ts';
import type { Store } from '../src/store/database.ts';
import { dropPlan, reopenRequests } from '../src/store/load-requests.ts';
import { insertLoads, unidentifiedLoads } from '../src/store/load-runs.ts';
import { addRunEvents } from '../src/store/run-events.ts';
import { readRunSessions, setRunSessions } from '../src/store/runs.ts';
import { transaction } from '../src/store/transaction.ts';

export type { PlannedWave } from '../src/pipelines/planning/pace.ts';

export interface PlanningDeps {
  readonly store: Store;
  /** How often each source may be asked. */
  readonly sources: Readonly<Record<SourceName, Pick<Source, 'requestsPerMinute'>>>;
  readonly batchSize: number;
}

/** What has to come before the loads of a run can be planned; or the first wave of its plan. */
export type EnteredLoads =
  | { readonly listsDue: readonly ReferenceList[] }
  /** Symbols to look up, and how long that may take. */
  | { readonly unidentified: number; readonly seconds: number }
  | { readonly wave: PlannedWave };

/** Requests that a look-up of one symbol may take. */
const requestsOfLookUp = 4;

export function createPlanningActivities({ store, sources, batchSize }: PlanningDeps) {
  const { db } = store;
  const paceOf = (source: SourceName) => paceFor(sources[source].requestsPerMinute, batchSize);

  return {
    /** Enters one load a symbol, once the lists that it needs are read, and plans them where nothing has to be looked up. */
    async enterLoads(
      run: IngestionRun,
      { listsAreRead = false }: { readonly listsAreRead?: boolean } = {},
    ): Promise<EnteredLoads> {
      const { workflowId, runId, request } = run;
      const due = listsAreRead ? [] : await listsDue(db, request);
      if (due.length > 0) return { listsDue: due };
      const { source, interval } = request;
      const { range, sessions } = await readRunSessions(db, runId);
      const loads = await loadsOf(db, request);
      await insertLoads(db, { workflowId, runId, source, interval, range, loads });
      const message = `${loads.length} symbols, ${sessions.length} sessions from ${range.from} to ${range.to}`;
      await addRunEvents(store.db, runId, [{ level: 'info', message }]);
      const unidentified = (await unidentifiedLoads(db, runId)).length;
      const pace = paceOf(source);
      if (unidentified > 0)
        return { unidentified, seconds: pace.secondsFor(unidentified * requestsOfLookUp) };
      return { wave: await planWave(store, run, { wave: 1, pace }) };
    },

    /** Plans what the loads of a run miss. */
    async planLoads(run: IngestionRun, wave: number): Promise<PlannedWave> {
      return planWave(store, run, { wave, pace: paceOf(run.request.source) });
    },

    /** Opens again what failed for a passing cause. */
    async reopenFailed(runId: string, wave: number, source: SourceName): Promise<PlannedWave> {
      const pace = paceOf(source);
      const batches = await transaction(store, (tx) =>
        reopenRequests(tx, { runId, wave }, passingErrorKinds, pace.size),
      );
      if (batches > 0) {
        const message = `what failed for a passing cause is tried again: round ${wave - 1}`;
        await addRunEvents(store.db, runId, [{ level: 'info', message }]);
      }
      return pace.waveOf(batches);
    },

    /** Takes back what is planned, for the sessions of another range. */
    async changeRunRange({ runId, request }: IngestionRun): Promise<void> {
      const sessions = sessionsOf(request, exchangeCalendar);
      const { range } = sessions;
      await setRunSessions(db, runId, sessions);
      await transaction(store, (tx) => dropPlan(tx, runId, range, passingErrorKinds));
      const message = `the range was changed to ${range.from} .. ${range.to}`;
      await addRunEvents(store.db, runId, [{ level: 'info', message }]);
    },
  };
}

export type PlanningActivities = ReturnType<typeof createPlanningActivities>;
