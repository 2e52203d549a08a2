import { TypedSearchAttributes, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild, workflowInfo, type ChildWorkflowHandle } from '@temporalio/workflow';
import { flows } from '../src/flows/index.ts';
import type { FollowingRun } from '../activities/actions.ts';
import { requestFrom } from '../src/flows/input.ts';
import { runTitle, symbolsInBrief } from '../src/flows/run-title.ts';
import { childMemo, longestExecution, runAttributes } from '../src/temporal/names.ts';
import type { FlowWorkflow } from './run-lifecycle.ts';

/** Why runs follow another one. */
interface Occasion {
  /** Begins the line that tells them on Temporal's pages. */
  readonly after: string;
  /** Whether what has been done once is done again. */
  readonly again: boolean;
}

/** What splits have made stale is fetched again once a day. */
export const newSplit: Occasion = { after: 'a new split', again: false };
/** Sessions that are settled are judged each time. */
export const settlement: Occasion = { after: 'a settlement', again: true };

/** What lacks is asked for each time. */
export const repair: Occasion = { after: 'a look over what lacks', again: true };

/** Starts runs that follow that of a run id, beside it: no summary waits for them. One that goes on already is joined. */
export async function startRuns(
  following: readonly FollowingRun[],
  parentRunId: string,
  occasion: Occasion,
): Promise<void> {
  for (const run of following) await startFollowing(run, parentRunId, occasion);
}

/** Starts a run that follows that of a run id; null: it goes on already, or has been. */
export async function startFollowing(
  { flow: name, workflowId, session, parameters }: FollowingRun,
  parentRunId: string,
  { after, again }: Occasion,
): Promise<ChildWorkflowHandle<FlowWorkflow<object>> | null> {
  const flow = flows[name];
  const request = requestFrom(flow, parameters, workflowInfo().startTime.toISOString());
  const { staticSummary, staticDetails } = runTitle(flow, { parameters, request, session });
  try {
    return await startChild<FlowWorkflow<object>>(flow.type, {
      workflowId,
      args: [parameters],
      workflowIdReusePolicy: again ? 'ALLOW_DUPLICATE' : 'ALLOW_DUPLICATE_FAILED_ONLY',
      parentClosePolicy: ParentClosePolicy.ABANDON,
      typedSearchAttributes: new TypedSearchAttributes(
        runAttributes(flow, { session, symbols: symbolsInBrief(request) }, 'on-demand'),
      ),
      staticSummary: `after ${after}: ${staticSummary}`,
      staticDetails,
      memo: childMemo(flow, parentRunId),
      workflowExecutionTimeout: longestExecution,
      priority: { priorityKey: flow.priorityKey },
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return null;
  }
}
