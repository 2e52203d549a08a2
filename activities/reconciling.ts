import { Context, log } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { reconcileRuns, type ReconcileDeps, type EndsFound } from '../src/pipelines/ledger/reconcile-runs.ts';
import type { Store } from '../src/store/database.ts';

export type { EndsFound } from '../src/pipelines/ledger/reconcile-runs.ts';

type OpenRun = Parameters<ReconcileDeps['fateOf']>[0];

export interface ReconcilingDeps {
  readonly store: Store;
  readonly fateOf: (client: Client, run: OpenRun) => ReturnType<ReconcileDeps['fateOf']>;
}

export function createReconcilingActivities({ store, fateOf }: ReconcilingDeps) {
  return {
    /** Closes the runs of the ledger that were ended or lost in Temporal. */
    async closeEndedRuns(): Promise<EndsFound> {
      const { client } = Context.current();
      const { namespace } = client.options;
      // A namespace that is not there knows no run, which says nothing of the runs.
      await client.workflowService.describeNamespace({ namespace });
      return reconcileRuns({
        store,
        namespace,
        fateOf: (run) => fateOf(client, run),
        onUnknown({ workflowId }, error) {
          log.warn('nothing can be learnt of a run', { run: workflowId, error });
        },
      });
    },
  };
}

export type ReconcilingActivities = ReturnType<typeof createReconcilingActivities>;
