import type { Client } from '@temporalio/client';

interface Execution {
  readonly workflowId: string;
  readonly runId: string;
}

/** The last events of an execution's history, the newest first, at most so many. */
export async function lastEvents(client: Client, execution: Execution, atMost: number) {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution,
    maximumPageSize: atMost,
  });
  return history?.events ?? [];
}
