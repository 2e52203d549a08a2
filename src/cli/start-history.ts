import type { WorkflowClient } from '@temporalio/client';
import type { syncSymbolHistory } from '../../workflows/sync-symbol-history.ts';
import { syncSymbolHistory as flow } from '../flows/side-flows.ts';
import { clientIdentity } from '../temporal/connection.ts';
import { workFace } from '../temporal/names.ts';

/** Has it found out who bore which ticker when, behind all that is for today; one at a time, and nobody waits for it. */
export async function startHistory(workflow: WorkflowClient, taskQueue: string): Promise<void> {
  await workflow.start<typeof syncSymbolHistory>(flow.type, {
    workflowId: flow.name,
    taskQueue,
    workflowIdConflictPolicy: 'USE_EXISTING',
    priority: { priorityKey: flow.priorityKey },
    ...workFace(
      { name: flow.name, pool: flow.pool, subject: 'all sources' },
      'reads the lists of past days that were not read before',
      clientIdentity(),
    ),
  });
}
