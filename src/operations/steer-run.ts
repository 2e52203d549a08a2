import { WorkflowNotFoundError, WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import type { DateRange } from '../domain/date-range.ts';
import type { Database } from '../store/database.ts';
import { findRun } from '../store/run-history.ts';
import { OrderRefused } from './refusals.ts';

/** What a person may tell a run while it works. */
export type Order =
  { readonly verb: 'pause' | 'resume' | 'cancel' } | { readonly verb: 'change'; readonly range: DateRange };

/** Tells a run, by run id or workflow id; returns its workflow id. Throws `OrderRefused`. */
export async function steerRun(
  { client, db }: { readonly client: Client; readonly db: Database },
  id: string,
  order: Order,
): Promise<string> {
  const run = await findRun(db, id);
  if (run === undefined) {
    throw new OrderRefused(`there is no run ${JSON.stringify(id)}`, 'barwright runs list shows the ids');
  }
  const { workflow_id: workflowId, run_id: firstExecutionRunId } = run;
  const handle = client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId });
  try {
    if (order.verb === 'cancel') await handle.cancel();
    else if (order.verb === 'change') await handle.executeUpdate('changeRange', { args: [order.range] });
    else await handle.executeUpdate(order.verb === 'pause' ? 'pauseRun' : 'resumeRun');
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) {
      const remedy = 'start it again: it carries on with what is missing';
      throw new OrderRefused(`${workflowId} has ended`, remedy);
    }
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    const remedy = 'barwright runs inspect shows what it is for';
    throw new OrderRefused(error.cause?.message ?? error.message, remedy);
  }
  return workflowId;
}
