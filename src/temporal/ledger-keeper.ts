import type { Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { flowAttributes } from './names.ts';

const keeper = { name: 'reconcile-ledger', pool: 'maintenance', subject: 'maintenance' } as const;

/**
 * Wakes the workflow that closes in the ledger what has ended in Temporal without saying so, and starts it where it does
 * not run: there is one for each maintenance task queue.
 */
export async function wakeLedgerKeeper(client: Client, taskQueue: string): Promise<void> {
  await client.workflow.signalWithStart('reconcileLedger', {
    workflowId: ledgerKeeperId(taskQueue),
    taskQueue,
    signal: 'runOpened',
    staticSummary: 'Closes in the ledger what was ended or lost in Temporal',
    typedSearchAttributes: new TypedSearchAttributes(flowAttributes(keeper, 'scheduled')),
  });
}

export function ledgerKeeperId(taskQueue: string): string {
  return `${keeper.name}/${taskQueue}`;
}
