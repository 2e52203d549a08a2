import { Context } from '@temporalio/activity';
import { createActionActivities } from '../activities/actions.ts';
import { createClosingActivities } from '../activities/closing.ts';
import { createCrossCheckActivities } from '../activities/cross-check.ts';
import { createFundamentalsActivities } from '../activities/fundamentals.ts';
import { createIndicatorBatchActivities } from '../activities/indicator-batches.ts';
import { createIndicatorClosingActivities } from '../activities/indicator-closing.ts';
import { createIndicatorPlanningActivities } from '../activities/indicator-planning.ts';
import { createValidationActivities } from '../activities/validation.ts';
import type { ThreadPool } from '../src/pipelines/indicators/thread-pool.ts';
import { createIngestionActivities } from '../activities/ingestion.ts';
import { createMaintenanceActivities, type MaintenanceDeps } from '../activities/maintenance.ts';
import { createOpeningActivities, type OpeningDeps } from '../activities/opening.ts';
import { createOrderActivities } from '../activities/orders.ts';
import { createOutageActivities } from '../activities/outage.ts';
import { createPlanningActivities } from '../activities/planning.ts';
import { createReconcilingActivities } from '../activities/reconciling.ts';
import { createReferenceActivities } from '../activities/reference.ts';
import { createRepairingActivities } from '../activities/repairing.ts';
import { createUnknownActivity } from '../activities/served-queue.ts';
import { createScheduledRunActivities } from '../activities/scheduled-run.ts';
import type { Sources } from '../src/pipelines/sources/sources.ts';
import { cancelIdentity } from '../src/temporal/cancel-identity.ts';
import { wakeLedgerKeeper } from '../src/temporal/ledger-keeper.ts';
import { beginAnew, misfitOf } from '../src/temporal/misfit-runs.ts';
import { namespaceIdOf } from '../src/temporal/namespace-id.ts';
import { pausesOf } from '../src/temporal/paused-schedules.ts';
import { fateOf } from '../src/temporal/run-fate.ts';

interface SharedDeps extends Pick<OpeningDeps, 'store' | 'policyChoices' | 'served'> {
  /** Whose worker sees to the ends of runs; unset: nobody is told of them. */
  readonly maintenanceQueue?: string;
}

export interface ActivityDeps extends SharedDeps {
  readonly sources: Sources;
  readonly batchSize: number;
  readonly patienceMs?: number;
}

/** What the workers of every pool do: starting what a schedule is due for, opening runs and closing them. */
function createSharedActivities({ maintenanceQueue, ...deps }: SharedDeps) {
  return {
    ...createScheduledRunActivities({ ...deps, namespaceIdOf }),
    ...createOpeningActivities({
      ...deps,
      namespaceIdOf,
      wakeKeeper: async (client) => {
        if (maintenanceQueue !== undefined) await wakeLedgerKeeper(client, maintenanceQueue);
      },
    }),
    ...createOrderActivities({
      ...deps,
      cancelledBy: (execution) => cancelIdentity(Context.current().client, execution),
    }),
    ...createClosingActivities(deps),
    ...createOutageActivities(deps),
    ...createUnknownActivity(deps.served ?? null),
  };
}

/** Everything that the data-ingestion pool does. */
export function createDataIngestionActivities(deps: ActivityDeps) {
  const { store, sources } = deps;
  return {
    ...createSharedActivities(deps),
    ...createPlanningActivities(deps),
    ...createReferenceActivities({ store, sources }),
    ...createIngestionActivities(deps),
    ...createCrossCheckActivities({ store, sources }),
    ...createActionActivities({ store, sources }),
    ...createFundamentalsActivities({ store, sources }),
    ...createRepairingActivities({ store }),
    ...createValidationActivities(deps),
  };
}

export interface AnalyticsDeps extends SharedDeps, Pick<ActivityDeps, 'batchSize'> {
  readonly threads: ThreadPool;
  /** Whether rows get extras where a run does not say. */
  readonly extra: boolean;
}

/** Everything that the analytics pool does. */
export function createAnalyticsActivities(deps: AnalyticsDeps) {
  const { store } = deps;
  return {
    ...createSharedActivities(deps),
    ...createIndicatorPlanningActivities(deps),
    ...createIndicatorBatchActivities(deps),
    ...createIndicatorClosingActivities({ store }),
  };
}

/** Everything that the maintenance pool does. */
export function createMaintenancePoolActivities(deps: MaintenanceDeps & SharedDeps) {
  return {
    ...createSharedActivities(deps),
    ...createMaintenanceActivities(deps),
    ...createReconcilingActivities({ ...deps, fateOf, misfitOf, beginAnew, pausesOf, namespaceIdOf }),
  };
}
