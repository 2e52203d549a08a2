import { WorkflowNotFoundError, type Client, type WorkflowExecutionDescription } from '@temporalio/client';
import { lastEvents } from './last-events.ts';

/** A run as the ledger knows it: by the id of its first execution. */
export interface RunKey {
  readonly workflowId: string;
  readonly runId: string;
}

/** How a run has ended in Temporal; null there: it goes on. */
export interface RunFate {
  /** As the ledger calls it: `terminated` is all that somebody else than the run itself has decided. */
  readonly status: 'completed' | 'failed' | 'cancelled' | 'terminated';
  /** In words, with who and why where Temporal says so. */
  readonly message: string;
}

/**
 * How a run has ended, whatever executions it went on as; null while it goes on. One that Temporal does not know any
 * more is lost, and that is an end. Throws where Temporal gives no answer: that says nothing of the run.
 */
export async function fateOf(client: Client, run: RunKey): Promise<RunFate | null> {
  const newest = await describe(client, run.workflowId);
  if (newest === null) return lost;
  const isOurs = newest.raw.workflowExecutionInfo?.firstRunId === run.runId || newest.runId === run.runId;
  const last = isOurs ? newest : await lastOf(client, run);
  return last === null ? lost : endOf(client, last);
}

const lost: RunFate = { status: 'terminated', message: 'Temporal does not know this run any more' };

async function describe(
  client: Client,
  workflowId: string,
  runId?: string,
): Promise<WorkflowExecutionDescription | null> {
  try {
    return await client.workflow.getHandle(workflowId, runId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** The last execution of a run whose id another run has now; null where one on the way is not known any more. */
async function lastOf(client: Client, run: RunKey): Promise<WorkflowExecutionDescription | null> {
  let runId: string = run.runId;
  for (;;) {
    const execution = await describe(client, run.workflowId, runId);
    if (execution?.status.name !== 'CONTINUED_AS_NEW') return execution;
    const next = (await closeEvent(client, execution))?.workflowExecutionContinuedAsNewEventAttributes;
    if (!next?.newExecutionRunId) return null;
    runId = next.newExecutionRunId;
  }
}

async function endOf(client: Client, execution: WorkflowExecutionDescription): Promise<RunFate | null> {
  const { name } = execution.status;
  switch (name) {
    case 'COMPLETED':
      return { status: 'completed', message: 'it has completed in Temporal, and the ledger was not told' };
    case 'FAILED':
      return { status: 'failed', message: 'it has failed in Temporal, and the ledger was not told' };
    case 'CANCELLED':
      return { status: 'cancelled', message: 'it was cancelled in Temporal, and the ledger was not told' };
    case 'TIMED_OUT':
      return { status: 'terminated', message: 'it has exceeded its time-out in Temporal' };
    case 'TERMINATED':
      return { status: 'terminated', message: await terminationOf(client, execution) };
    default:
      return null;
  }
}

async function terminationOf(client: Client, execution: RunKey): Promise<string> {
  const end = (await closeEvent(client, execution))?.workflowExecutionTerminatedEventAttributes;
  const by = end?.identity ? ` by ${end.identity}` : '';
  return `terminated in Temporal${by}${end?.reason ? `: ${end.reason}` : ''}`;
}

async function closeEvent(client: Client, { workflowId, runId }: RunKey) {
  return (await lastEvents(client, { workflowId, runId }, 1))[0];
}
