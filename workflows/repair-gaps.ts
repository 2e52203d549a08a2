import { TypedSearchAttributes, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import { reaskGaps as reasking, repairGaps as flow } from '../src/flows/gap-flows.ts';
import type { RepairSummary } from '../src/runs/repair-summary.ts';
import type { RepairRequest } from '../src/runs/side-requests.ts';
import { childMemo, inherited, longestExecution } from '../src/temporal/names.ts';
import { finishSideRun } from './activity-proxies.ts';
import { askForGaps, askedAt } from './ask-for-gaps.ts';
import { showDetails } from './details.ts';
import { endsOnErrors } from './ends-on-errors.ts';
import type { reaskGaps } from './reask-gaps.ts';
import { completed } from './run-end.ts';
import { conductRun, type FlowWorkflow, type RunContext } from './run-lifecycle.ts';

/** Asks for what lacks and may be had, once; what remains is asked again beside it, for days. */
export const repairGaps: FlowWorkflow<RepairSummary> = endsOnErrors((...args) =>
  conductRun(flow, args, async (context: RunContext<RepairRequest>) => {
    const { run, steering } = context;
    const { outcome, runs, againId } = await askForGaps(context);
    const again = outcome.remains > 0 ? run.request.againAfterSeconds : [];
    if (again.length > 0) await startReasking(run, againId);
    const againAt = again.map((seconds) => later(askedAt(run.request), seconds));
    const summary = { ...outcome, runs, againAt };
    await completed(steering, () => finishSideRun(run.runId, summary));
    showDetails(`done: ${outcome.came} of ${outcome.missing} cells came, ${outcome.remains} remain`);
    return summary;
  }),
);

function later(instant: string, seconds: number): string {
  return new Date(Date.parse(instant) + seconds * 1000).toISOString();
}

/** Nobody waits for it: it goes on for as long as it is asked to. */
async function startReasking(
  { runId, request }: RunContext<RepairRequest>['run'],
  workflowId: string,
): Promise<void> {
  const { symbols, range, againAfterSeconds } = request;
  const parameters = {
    nominalTime: askedAt(request),
    ...(symbols === undefined ? {} : { symbols }),
    ...(range === null ? {} : { startDate: range.from, endDate: range.to }),
    againAfterSeconds,
  };
  try {
    await startChild<typeof reaskGaps>(reasking.type, {
      workflowId,
      args: [parameters],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: 'asks again for what a repair has not brought',
      memo: childMemo(reasking, runId),
      priority: { priorityKey: reasking.priorityKey },
      workflowExecutionTimeout: longestExecution,
      typedSearchAttributes: new TypedSearchAttributes(
        inherited(workflowInfo().typedSearchAttributes.getAll()),
      ),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
