import {
  CancelledFailure,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import type { DateRange } from '../domain/date-range.ts';
import type { Database } from '../store/database.ts';
import { findRun } from '../store/run-history.ts';
import { fateOf } from '../temporal/run-fate.ts';
import { OrderRefused } from './refusals.ts';

/** What a person may tell a run while it works. */
export type Order =
  { readonly verb: 'pause' | 'resume' | 'cancel' } | { readonly verb: 'change'; readonly range: DateRange };

interface SteeringDeps {
  readonly client: Client;
  readonly db: Database;
  /** Who tells it, such as `user@host`. */
  readonly by: string;
}

/** What came of an order: it is done, or it is heard and waits for something to end. */
export interface Steered {
  readonly workflowId: string;
  /** Null: it is done. */
  readonly waitsFor: string | null;
}

const startAgain = 'start it again: it carries on with what is missing';

/**
 * Tells a run, by run id or workflow id, and waits until that is done; a cancellation is once the run has ended. Throws
 * `OrderRefused`, of an ended run with what it ended as.
 */
export async function steerRun({ client, db, by }: SteeringDeps, id: string, order: Order): Promise<Steered> {
  const run = await findRun(db, id);
  if (run === undefined) {
    throw new OrderRefused(`there is no run ${JSON.stringify(id)}`, 'barwright runs list shows the ids');
  }
  const { workflow_id: workflowId, run_id: runId } = run;
  if (run.closed_at !== null) throw new OrderRefused(`${workflowId} has ended: ${run.status}`, startAgain);
  const handle = client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId: runId });
  try {
    return { workflowId, waitsFor: await give(handle, order, by) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) {
      const fate = await fateOf(client, { workflowId, runId });
      throw new OrderRefused(`${workflowId} has ended: ${fate?.status ?? 'it is closing'}`, startAgain);
    }
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    const remedy = 'barwright runs inspect shows what it is for';
    throw new OrderRefused(error.cause?.message ?? error.message, remedy);
  }
}

type Answer = { readonly done: true } | { readonly done: false; readonly waitsFor: string };

/** What an order waits for; null once it is done. */
async function give(handle: WorkflowHandle, order: Order, by: string): Promise<string | null> {
  if (order.verb === 'cancel') {
    if (await isClosing(handle))
      throw new OrderRefused(`${handle.workflowId} is closing: it ends by itself`, whatItDid);
    await handle.cancel();
    return endOfCancelled(handle);
  }
  const name = { pause: 'pauseRun', resume: 'resumeRun', change: 'changeRange' }[order.verb];
  const args: [unknown, unknown?] = order.verb === 'change' ? [order.range, { by }] : [{ by }];
  const answer = await handle.executeUpdate<Answer, [unknown, unknown?]>(name, { args });
  return answer.done ? null : answer.waitsFor;
}

const whatItDid = 'barwright runs inspect shows what it did';
const patienceMs = 2_000;

/** Whether a run ends by itself: to cancel one would change nothing. One that does not say so in time is cancelled. */
function isClosing(handle: WorkflowHandle): Promise<boolean> {
  const progress = () => handle.query<{ readonly closing?: boolean }>('runProgress');
  return handle.client.withDeadline(Date.now() + patienceMs, progress).then(
    ({ closing }) => closing === true,
    () => false,
  );
}

/** A run that has ended by itself meanwhile was not cancelled. */
async function endOfCancelled(handle: WorkflowHandle): Promise<null> {
  const { workflowId } = handle;
  try {
    await handle.result();
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    if (error.cause instanceof CancelledFailure) return null;
    const how = error.cause?.message ?? error.message;
    throw new OrderRefused(`${workflowId} was not cancelled: it has ended before: ${how}`, startAgain);
  }
  throw new OrderRefused(`${workflowId} was not cancelled: it has completed before`, whatItDid);
}
