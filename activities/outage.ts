import type { Store } from '../src/store/database.ts';
import { addRunEvents } from '../src/store/run-events.ts';
import { isOpen } from '../src/store/open-runs.ts';

export interface OutageDeps {
  readonly store: Store;
}

export function createOutageActivities({ store: { db } }: OutageDeps) {
  return {
    /** Says in a run's events that what it needs is away; workflows that are no runs have none. */
    async noteOutage(runId: string, message: string): Promise<void> {
      if ((await isOpen(db, runId)) !== null) await addRunEvents(db, runId, [{ level: 'warn', message }]);
    },
  };
}

export type OutageActivities = ReturnType<typeof createOutageActivities>;
