import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { RunKey } from './run-fate.ts';
import { troubleOfCode } from './stuck-workflows.ts';

/** Workers of two releases may share a queue for a while: so often in a row no task comes to a wrong one. */
const attemptsOfMisfit = 4;

/** Why the code of the workers does not fit what a run has done so far; null: it does, or that is not known yet. */
export async function misfitOf(client: Client, { workflowId }: RunKey): Promise<string | null> {
  const trouble = await troubleOfCode(client, await client.workflow.getHandle(workflowId).describe());
  const isMisfit = trouble !== null && /TMPRL1100|nondeterminis/i.test(trouble.cause);
  return isMisfit && trouble.attempts >= attemptsOfMisfit ? trouble.cause : null;
}

/** Before it has decided anything: the first events of a history, one page. */
const firstEvents = 20;

/**
 * Lets a run begin anew under the same ids: its history so far counts no longer. Safe where all that it has done is
 * stored, and doing it again changes nothing.
 */
export async function beginAnew(client: Client, { workflowId }: RunKey, reason: string): Promise<void> {
  const { namespace } = client.options;
  const execution = { workflowId, runId: (await client.workflow.getHandle(workflowId).describe()).runId };
  const asked = { namespace, execution, maximumPageSize: firstEvents };
  const { history } = await client.workflowService.getWorkflowExecutionHistory(asked);
  const first = history?.events?.find((event) => event.workflowTaskCompletedEventAttributes);
  if (!first?.eventId) throw new Error(`${workflowId} has decided nothing yet`);
  await client.workflowService.resetWorkflowExecution({
    ...{ namespace, reason, workflowExecution: execution, requestId: randomUUID() },
    workflowTaskFinishEventId: first.eventId,
  });
}
