import { TypedSearchAttributes, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import { flows } from '../src/flows/index.ts';
import type { Refetch } from '../activities/actions.ts';
import type { RunSummary } from '../src/runs/run-summary.ts';
import { requestFrom } from '../src/flows/input.ts';
import { runTitle, symbolsInBrief } from '../src/flows/run-title.ts';
import { childMemo, longestExecution, runAttributes } from '../src/temporal/names.ts';
import type { LoadingState } from './load-waves.ts';
import type { FlowWorkflow } from './run-lifecycle.ts';

/** Starts the runs that fetch again what splits have made stale, each once a day, for the run of a run id. */
export async function startRefetches(refetches: readonly Refetch[], parentRunId: string): Promise<void> {
  for (const { flow: name, workflowId, session, parameters } of refetches) {
    const flow = flows[name];
    const request = requestFrom(flow, parameters, workflowInfo().startTime.toISOString());
    const { staticSummary, staticDetails } = runTitle(flow, { parameters, request, session });
    try {
      await startChild<FlowWorkflow<RunSummary, LoadingState>>(flow.type, {
        workflowId,
        args: [parameters],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
        parentClosePolicy: ParentClosePolicy.ABANDON,
        typedSearchAttributes: new TypedSearchAttributes(
          runAttributes(flow, { session, symbols: symbolsInBrief(request) }, 'on-demand'),
        ),
        staticSummary: `after a new split: ${staticSummary}`,
        staticDetails,
        memo: childMemo(flow, parentRunId),
        workflowExecutionTimeout: longestExecution,
        priority: { priorityKey: flow.priorityKey },
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }
}
