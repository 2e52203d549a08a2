import { createClosingActivities } from '../activities/closing.ts';
import { createIngestionActivities } from '../activities/ingestion.ts';
import { createPlanningActivities } from '../activities/planning.ts';
import { createReferenceActivities } from '../activities/reference.ts';
import type { BarProvider } from '../src/providers/provider.ts';
import type { Store } from '../src/store/database.ts';

export interface ActivityDeps {
  readonly store: Store;
  readonly provider: BarProvider;
  readonly requestsPerMinute: number;
  readonly batchSize: number;
}

/** Everything that the data-ingestion pool does. */
export function createDataIngestionActivities({
  store,
  provider,
  requestsPerMinute,
  batchSize,
}: ActivityDeps) {
  const planning = { store, source: provider.name, requestsPerMinute, batchSize };
  return {
    ...createPlanningActivities(planning),
    ...createReferenceActivities({ store, provider }),
    ...createIngestionActivities({ store, provider }),
    ...createClosingActivities({ store }),
  };
}
