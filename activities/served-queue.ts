import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { workflowPools } from '../src/flows/other-workflows.ts';
import type { Pool } from '../src/flows/pools.ts';

/** Which work comes to a worker: that of one pool, from its task queue. */
export interface ServedQueue {
  readonly pool: Pool;
  readonly taskQueues: Readonly<Record<Pool, string>>;
}

/** Work that was asked for on the task queue of a pool that does not do it. */
class WrongTaskQueue extends Error {
  override readonly name = 'WrongTaskQueue';
}

/** What speaks against a workflow where a worker takes its work from; null: nothing. */
export function wrongQueue(workflowType: string, served: ServedQueue | null): Error | null {
  const pool = workflowPools.get(workflowType) ?? null;
  if (served === null || pool === null) return null;
  const [right, here] = [served.taskQueues[pool], served.taskQueues[served.pool]];
  if (right === here) return null;
  return new WrongTaskQueue(
    `${workflowType} does not run on the task queue ${here}: start it on the task queue ${right}`,
  );
}

/** Stands for what a pool does not do: of a workflow that belongs elsewhere it fails for good, else it waits for a newer worker. */
export function createUnknownActivity(served: ServedQueue | null) {
  return {
    default(): Promise<never> {
      const { workflowType = '', activityType } = Context.current().info;
      const wrong = wrongQueue(workflowType, served);
      if (wrong !== null) throw ApplicationFailure.nonRetryable(wrong.message, wrong.name);
      throw ApplicationFailure.retryable(`this worker has no activity ${activityType}`, 'UnknownActivity');
    },
  };
}
