import type { SourceName } from '../src/domain/source.ts';
import { enterAndPlan, type EnteredLoads } from '../src/pipelines/planning/enter-loads.ts';
import { paceFor, type PlannedWave } from '../src/pipelines/planning/pace.ts';
import { changeSessions, reopenPassing } from '../src/pipelines/planning/plan-again.ts';
import { planWave } from '../src/pipelines/planning/plan-wave.ts';
import type { Source } from '../src/pipelines/sources/sources.ts';
import type { IngestionRun } from '../src/runs/ingestion-request.ts';
import type { Store } from '../src/store/database.ts';

export type { PlannedWave } from '../src/pipelines/planning/pace.ts';

export interface PlanningDeps {
  readonly store: Store;
  /** How often each source may be asked. */
  readonly sources: Readonly<Record<SourceName, Pick<Source, 'requestsPerMinute'>>>;
  readonly batchSize: number;
}

export function createPlanningActivities({ store, sources, batchSize }: PlanningDeps) {
  const paceOf = (source: SourceName) => paceFor(sources[source].requestsPerMinute, batchSize);

  return {
    /** Enters one load a symbol, once the lists that it needs are read, and plans them where nothing has to be looked up. */
    async enterLoads(
      run: IngestionRun,
      { listsAreRead = false }: { readonly listsAreRead?: boolean } = {},
    ): Promise<EnteredLoads> {
      return enterAndPlan({ store, pace: paceOf(run.request.source) }, run, { listsAreRead });
    },

    /** Plans what the loads of a run miss. */
    async planLoads(run: IngestionRun, wave: number): Promise<PlannedWave> {
      return planWave(store, run, { wave, pace: paceOf(run.request.source) });
    },

    /** Opens again what failed for a passing cause. */
    async reopenFailed(runId: string, wave: number, source: SourceName): Promise<PlannedWave> {
      return reopenPassing({ store, pace: paceOf(source) }, { runId, wave });
    },

    /** Takes back what is planned, for the sessions of another range. */
    async changeRunRange(run: IngestionRun): Promise<void> {
      await changeSessions(store, run);
    },
  };
}

export type PlanningActivities = ReturnType<typeof createPlanningActivities>;
