import { compareEndpoints } from '../src/pipelines/cross-check/compare-endpoints.ts';
import type { Sources } from '../src/pipelines/sources/sources.ts';
import type { IngestionRun } from '../src/runs/ingestion-request.ts';
import type { Store } from '../src/store/database.ts';
import { caller } from './caller.ts';

export interface CrossCheckDeps {
  readonly store: Store;
  readonly sources: Sources;
}

export function createCrossCheckActivities({ store, sources }: CrossCheckDeps) {
  return {
    /** Asks a sample of what whole-market answers brought once more per symbol; what differs goes to the run's events. */
    async crossCheck({ runId, request: { source } }: IngestionRun): Promise<void> {
      await compareEndpoints({ store, provider: sources[source].series, ...caller() }, runId);
    },
  };
}

export type CrossCheckActivities = ReturnType<typeof createCrossCheckActivities>;
