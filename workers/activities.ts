import { createActionActivities } from '../activities/actions.ts';
import { createClosingActivities } from '../activities/closing.ts';
import { createCrossCheckActivities } from '../activities/cross-check.ts';
import { createFundamentalsActivities } from '../activities/fundamentals.ts';
import { createIndicatorBatchActivities } from '../activities/indicator-batches.ts';
import { createIndicatorClosingActivities } from '../activities/indicator-closing.ts';
import { createIndicatorPlanningActivities } from '../activities/indicator-planning.ts';
import type { ThreadPool } from '../src/pipelines/indicators/thread-pool.ts';
import { createIngestionActivities } from '../activities/ingestion.ts';
import { createMaintenanceActivities, type MaintenanceDeps } from '../activities/maintenance.ts';
import { createOpeningActivities } from '../activities/opening.ts';
import { createOutageActivities } from '../activities/outage.ts';
import { createPlanningActivities } from '../activities/planning.ts';
import { createReferenceActivities } from '../activities/reference.ts';
import { createUnknownActivity, type ServedQueue } from '../activities/served-queue.ts';
import { createScheduledRunActivities } from '../activities/scheduled-run.ts';
import type { PolicyChoices } from '../src/runs/run-policy.ts';
import type { Sources } from '../src/pipelines/sources/sources.ts';
import type { Store } from '../src/store/database.ts';

export interface ActivityDeps {
  readonly store: Store;
  readonly sources: Sources;
  readonly batchSize: number;
  readonly policyChoices: PolicyChoices;
  readonly patienceMs?: number;
  readonly served?: ServedQueue | null;
}

type SharedDeps = Pick<ActivityDeps, 'store' | 'policyChoices' | 'served'>;

/** What the workers of every pool do: starting what a schedule is due for, opening runs and closing them. */
function createSharedActivities(deps: SharedDeps) {
  return {
    ...createScheduledRunActivities(deps),
    ...createOpeningActivities(deps),
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
  };
}

export interface AnalyticsDeps extends SharedDeps, Pick<ActivityDeps, 'batchSize'> {
  readonly threads: ThreadPool;
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
  return { ...createSharedActivities(deps), ...createMaintenanceActivities(deps) };
}
