import { Context, log } from '@temporalio/activity';
import { noteOrder } from '../src/pipelines/ledger/note-order.ts';
import type { RunOrder } from '../src/runs/run-order.ts';
import type { Store } from '../src/store/database.ts';

export interface OrderDeps {
  readonly store: Store;
  /** Who has asked for the cancellation of an execution; null: it is not known. */
  readonly cancelledBy: (execution: { workflowId: string; runId: string }) => Promise<string | null>;
}

export function createOrderActivities({ store, cancelledBy }: OrderDeps) {
  return {
    /** Enters what a run was told: its status from then on, and who told it. */
    async noteRunOrder(runId: string, order: RunOrder): Promise<void> {
      const by = order.by ?? (order.verb === 'cancel' ? await whoCancelled(cancelledBy) : null);
      await noteOrder(store.db, runId, { ...order, by });
    },
  };
}

/** An order counts whether or not Temporal says who gave it. */
async function whoCancelled(cancelledBy: OrderDeps['cancelledBy']): Promise<string | null> {
  const { workflowExecution } = Context.current().info;
  if (workflowExecution === undefined) return null;
  try {
    return await cancelledBy(workflowExecution);
  } catch (error) {
    log.warn('Temporal does not say who has cancelled a run', { error });
    return null;
  }
}

export type OrderActivities = ReturnType<typeof createOrderActivities>;
