import { createClosingActivities } from '../activities/closing.ts';
import { createCrossCheckActivities } from '../activities/cross-check.ts';
import { createIngestionActivities } from '../activities/ingestion.ts';
import { createPlanningActivities } from '../activities/planning.ts';
import { createReferenceActivities } from '../activities/reference.ts';
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
}

/** Everything that the data-ingestion pool does. */
export function createDataIngestionActivities(deps: ActivityDeps) {
  const { store, provider, budget } = deps;
  return {
    ...createPlanningActivities({ ...deps, source: provider.name }),
    ...createReferenceActivities({ store, provider }),
    ...createIngestionActivities({ store, provider, budget }),
    ...createClosingActivities({ store }),
    ...createCrossCheckActivities({ store, provider }),
  };
}
