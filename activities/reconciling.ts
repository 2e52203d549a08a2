import { Context, log } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { reconcileRuns, type ReconcileDeps, type EndsFound } from '../src/pipelines/ledger/reconcile-runs.ts';
import type { Store } from '../src/store/database.ts';
import { keepPauses } from '../src/store/schedule-pauses.ts';

export type { EndsFound } from '../src/pipelines/ledger/reconcile-runs.ts';

type OpenRun = Parameters<ReconcileDeps['fateOf']>[0];

export interface ReconcilingDeps {
  readonly store: Store;
  readonly fateOf: (client: Client, run: OpenRun) => ReturnType<ReconcileDeps['fateOf']>;
  /** What Temporal calls the namespace of a client, like no other. */
  readonly namespaceIdOf: (client: Client) => Promise<string>;
  /** Which schedules people have paused. */
  readonly pausesOf: (client: Client) => Promise<Parameters<typeof keepPauses>[2]>;
}

export function createReconcilingActivities({ store, fateOf, pausesOf, namespaceIdOf }: ReconcilingDeps) {
  return {
    /** Closes the runs of the ledger that were ended or lost in Temporal, and keeps which schedules are paused there. */
    async closeEndedRuns(): Promise<EndsFound> {
      const { client } = Context.current();
      const { namespace } = client.options;
      // A namespace that is not there knows no run, which says nothing of the runs.
      const namespaceId = await namespaceIdOf(client);
      await keepPauses(store.db, namespaceId, await pausesOf(client));
      return reconcileRuns({
        store,
        namespace: { namespace, namespaceId },
        fateOf: (run) => fateOf(client, run),
        onUnknown({ workflowId }, error) {
          log.warn('nothing can be learnt of a run', { run: workflowId, error });
        },
      });
    },
  };
}

export type ReconcilingActivities = ReturnType<typeof createReconcilingActivities>;
