import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { optionalTsToMs, type Timestamp } from '@temporalio/common/lib/time.js';
import type { Pool } from '../flows/pools.ts';

/** A worker that has nothing to do asks anew each minute. */
const silentAfterMs = 90_000;
/** Whoever works takes what there is sooner. */
const takenWithinMs = 10_000;

/** The task queues that no worker has asked for work lately, each with its pool. */
export async function unservedQueues(
  client: Client,
  taskQueues: Readonly<Record<Pool, string>>,
): Promise<ReadonlyMap<string, Pool>> {
  const unserved = new Map<string, Pool>();
  for (const [pool, name] of Object.entries(taskQueues) as [Pool, string][])
    if (!(await isServed(client, name))) unserved.set(name, pool);
  return unserved;
}

/** Whether anybody takes decisions: that is what Temporal tells of where no kind of task is named. */
async function isServed(client: Client, name: string): Promise<boolean> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name },
  });
  return pollers.some(({ lastAccessTime }) => ageMs(lastAccessTime) < silentAfterMs);
}

/** True where something that a worker has to do waits for one for longer than it takes to come. */
export function waitsForWorker({ raw }: WorkflowExecutionDescription): boolean {
  const task = raw.pendingWorkflowTask;
  const waiting = [
    ...(task && !task.startedTime ? [task.scheduledTime] : []),
    ...(raw.pendingActivities ?? []).flatMap(({ lastStartedTime, scheduledTime }) =>
      lastStartedTime ? [] : [scheduledTime],
    ),
  ];
  return waiting.some((since) => ageMs(since) > takenWithinMs);
}

/** Of none it is 0. */
function ageMs(at: Timestamp | null | undefined): number {
  const ms = optionalTsToMs(at);
  return ms === undefined ? 0 : Date.now() - ms;
}
