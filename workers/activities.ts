import { createActionActivities } from '../activities/actions.ts';
import { createClosingActivities } from '../activities/closing.ts';
import { createCrossCheckActivities } from '../activities/cross-check.ts';
import { createFundamentalsActivities } from '../activities/fundamentals.ts';
import { createIndicatorBatchActivities } from '../activities/indicator-batches.ts';
import { createIndicatorClosingActivities } from '../activities/indicator-closing.ts';
import { createIndicatorPlanningActivities } from '../activities/indicator-planning.ts';
import type { ThreadPool } from '../src/pipelines/indicators/thread-pool.ts';
import { createIngestionActivities } from '../activities/ingestion.ts';
import { createPlanningActivities } from '../activities/planning.ts';
import { createReferenceActivities } from '../activities/reference.ts';
import { createScheduledRunActivities } from '../activities/scheduled-run.ts';
import type { PolicyChoices } from '../src/runs/run-policy.ts';
import type { Sources } from '../src/pipelines/sources/sources.ts';
import type { FundamentalsProvider } from '../src/providers/provider.ts';
import type { Store } from '../src/store/database.ts';

export interface ActivityDeps {
  readonly store: Store;
  readonly sources: Sources;
  readonly fundamentals: FundamentalsProvider;
  readonly batchSize: number;
  readonly policyChoices: PolicyChoices;
  readonly patienceMs?: number;
}

/** What the workers of every pool do: starting what a schedule is due for. */
export function createSharedActivities({ store }: Pick<ActivityDeps, 'store'>) {
  return createScheduledRunActivities({ store });
}

/** Everything that the data-ingestion pool does. */
export function createDataIngestionActivities(deps: ActivityDeps) {
  const { store, sources } = deps;
  return {
    ...createSharedActivities({ store }),
    ...createPlanningActivities(deps),
    ...createReferenceActivities({ store, sources }),
    ...createIngestionActivities(deps),
    ...createClosingActivities({ store }),
    ...createCrossCheckActivities({ store, sources }),
    ...createActionActivities({ store, sources }),
    ...createFundamentalsActivities({ store, provider: deps.fundamentals }),
  };
}

export interface AnalyticsDeps extends Pick<ActivityDeps, 'store' | 'batchSize' | 'policyChoices'> {
  readonly threads: ThreadPool;
}

/** Everything that the analytics pool does. */
export function createAnalyticsActivities(deps: AnalyticsDeps) {
  const { store } = deps;
  return {
    ...createSharedActivities({ store }),
    ...createClosingActivities({ store }),
    ...createIndicatorPlanningActivities(deps),
    ...createIndicatorBatchActivities(deps),
    ...createIndicatorClosingActivities({ store }),
  };
}
