import { loadPending, type BatchKey, type BatchOutcome } from '../src/pipelines/loading/load-pending.ts';
import type { Sources } from '../src/pipelines/sources/sources.ts';
import type { Store } from '../src/store/database.ts';
import { caller } from './caller.ts';

export interface IngestionDeps {
  readonly store: Store;
  readonly sources: Sources;
  /** A batch waits for a slot itself when it is nearer than that; a worker's place is not held for longer. */
  readonly patienceMs?: number;
}

export function createIngestionActivities({ store, sources, patienceMs = 60_000 }: IngestionDeps) {
  return {
    /**
     * Makes the requests still pending of one batch and writes what they bring. A symbol's failure is recorded, never
     * thrown; safe to run again: what was written is no longer pending.
     */
    async loadBatch(key: BatchKey): Promise<BatchOutcome> {
      return loadPending({ store, source: sources[key.source], patienceMs, ...caller() }, key);
    },
  };
}

export type IngestionActivities = ReturnType<typeof createIngestionActivities>;
