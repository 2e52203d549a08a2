import { readDue } from '../src/pipelines/fundamentals/read-due.ts';
import type { Sources } from '../src/pipelines/sources/sources.ts';
import type { IngestionRun } from '../src/runs/ingestion-request.ts';
import type { Store } from '../src/store/database.ts';
import type { Reading } from '../src/store/fundamentals.ts';
import { caller } from './caller.ts';

export interface FundamentalsDeps {
  readonly store: Store;
  readonly sources: Sources;
}

export function createFundamentalsActivities({ store, sources }: FundamentalsDeps) {
  return {
    /**
     * Reads statements or key statistics of the symbols of a run, each at most once a day. One symbol's failure is in the
     * run's events and stops no other; a refusal for all of them ends it: the next run takes it up.
     */
    async loadFundamentals({ runId, request }: IngestionRun, what: Reading): Promise<void> {
      const { fundamentals: provider } = sources[request.source];
      if (provider === null) throw new Error(`${request.source} has no ${what}`);
      await readDue({ store, provider, runId, ...caller() }, what, request.nominalTime);
    },
  };
}

export type FundamentalsActivities = ReturnType<typeof createFundamentalsActivities>;
