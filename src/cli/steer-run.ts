import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import type { DateRange } from '../domain/date-range.ts';
import { findRun } from '../store/run-history.ts';
import { openOperating, type Operating } from './context.ts';
import { UsageError } from './errors.ts';
import { note, printJson } from './output.ts';

/** What a person may tell a run while it works. */
export type SteeringWish =
  { readonly verb: 'pause' | 'resume' | 'cancel' } | { readonly verb: 'change'; readonly range: DateRange };

/** Tells a run; throws `UsageError` when there is none, it has ended, or it refuses. */
export async function steerRun(
  id: string,
  wish: SteeringWish,
  { json }: { readonly json?: true },
): Promise<void> {
  const operating = await openOperating('data-ingestion', null);
  try {
    const workflowId = await tell(operating, id, wish);
    if (json) printJson({ workflowId, done: wish.verb });
    else note(`${workflowId}: ${wish.verb} is done`);
  } finally {
    await operating.close();
  }
}

async function tell({ client, store }: Operating, id: string, wish: SteeringWish): Promise<string> {
  const run = await findRun(store.db, id);
  if (run === undefined) {
    throw new UsageError(`there is no run ${JSON.stringify(id)}`, 'barwright runs list shows the ids');
  }
  const { workflow_id: workflowId, run_id: firstExecutionRunId } = run;
  const handle = client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId });
  try {
    if (wish.verb === 'cancel') await handle.cancel();
    else if (wish.verb === 'change') await handle.executeUpdate('changeRange', { args: [wish.range] });
    else await handle.executeUpdate(wish.verb === 'pause' ? 'pauseRun' : 'resumeRun');
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) {
      throw new UsageError(`${workflowId} has ended`, 'start it again: it carries on with what is missing');
    }
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    throw new UsageError(
      error.cause?.message ?? error.message,
      'barwright runs inspect shows what it is for',
    );
  }
  return workflowId;
}
