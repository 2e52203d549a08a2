import { TypedSearchAttributes, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { Refetch } from '../src/pipelines/actions/refetch.ts';
import { flows, priorityOf, runAttributes } from '../src/temporal/names.ts';

const flow = 'yahoo-market-data-hourly';

/** Starts the runs that fetch again what splits have made stale, each once a day. */
export async function startRefetches(refetches: readonly Refetch[]): Promise<void> {
  for (const { workflowId, session, request } of refetches) {
    try {
      await startChild(flows[flow], {
        workflowId,
        args: [request],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
        parentClosePolicy: ParentClosePolicy.ABANDON,
        typedSearchAttributes: new TypedSearchAttributes(runAttributes(flow, session, 'on-demand')),
        staticSummary: 'Fetches series again under the basis of a new split',
        priority: priorityOf(flow),
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }
}
