import { Context, log } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { beginMisfitsAnew } from '../src/pipelines/ledger/begin-misfits-anew.ts';
import { reconcileRuns, type ReconcileDeps, type EndsFound } from '../src/pipelines/ledger/reconcile-runs.ts';
import type { Store } from '../src/store/database.ts';
import { keepPauses } from '../src/store/schedule-pauses.ts';

export type { EndsFound } from '../src/pipelines/ledger/reconcile-runs.ts';

type OpenRun = Parameters<ReconcileDeps['fateOf']>[0];

export interface ReconcilingDeps {
  readonly store: Store;
  readonly fateOf: (client: Client, run: OpenRun) => ReturnType<ReconcileDeps['fateOf']>;
  /** Why the workers' code does not fit what a run has done so far; null: it does. */
  readonly misfitOf: (client: Client, run: OpenRun) => Promise<string | null>;
  readonly beginAnew: (client: Client, run: OpenRun, reason: string) => Promise<void>;
  /** What Temporal calls the namespace of a client, like no other. */
  readonly namespaceIdOf: (client: Client) => Promise<string>;
  /** Which schedules people have paused. */
  readonly pausesOf: (client: Client) => Promise<Parameters<typeof keepPauses>[2]>;
}

export function createReconcilingActivities(deps: ReconcilingDeps) {
  const { store, fateOf, misfitOf, beginAnew, pausesOf, namespaceIdOf } = deps;
  const { db } = store;
  return {
    /**
     * Closes the runs of the ledger that were ended or lost in Temporal, lets those begin anew whose history the workers'
     * code does not fit, and keeps which schedules are paused there.
     */
    async closeEndedRuns(): Promise<EndsFound> {
      const { client } = Context.current();
      // A namespace that is not there knows no run, which says nothing of the runs.
      const namespaceId = await namespaceIdOf(client);
      const asked = { namespace: { namespace: client.options.namespace, namespaceId }, onUnknown };
      const ends = await reconcileRuns({ ...asked, store, fateOf: (run) => fateOf(client, run) });
      await beginMisfitsAnew({
        ...asked,
        db,
        misfitOf: (run) => misfitOf(client, run),
        beginAnew: (run, reason) => beginAnew(client, run, reason),
      });
      await keepPauses(db, namespaceId, await pausesOf(client));
      return ends;
    },
  };
}

function onUnknown({ workflowId }: OpenRun, error: unknown): void {
  log.warn('nothing can be learnt of a run', { run: workflowId, error });
}

export type ReconcilingActivities = ReturnType<typeof createReconcilingActivities>;
