import { createClosingActivities } from '../activities/closing.ts';
import { createCrossCheckActivities } from '../activities/cross-check.ts';
import { createIngestionActivities } from '../activities/ingestion.ts';
import { createPlanningActivities } from '../activities/planning.ts';
import { createReferenceActivities } from '../activities/reference.ts';
import { createScheduledRunActivities } from '../activities/scheduled-run.ts';
import type { ProviderBudget } from '../activities/provider-budget.ts';
import type { PolicyChoices } from '../activities/run-policy.ts';
import type { BarProvider } from '../src/providers/provider.ts';
import type { Store } from '../src/store/database.ts';

export interface ActivityDeps {
  readonly store: Store;
  readonly provider: BarProvider;
  readonly budget: ProviderBudget;
  readonly requestsPerMinute: number;
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
  const { store, provider } = deps;
  return {
    ...createSharedActivities({ store }),
    ...createPlanningActivities({ ...deps, source: provider.name }),
    ...createReferenceActivities({ store, provider }),
    ...createIngestionActivities(deps),
    ...createClosingActivities({ store, source: provider.name }),
    ...createCrossCheckActivities({ store, provider }),
  };
}
