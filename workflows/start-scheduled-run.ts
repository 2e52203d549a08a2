import {
  defineSearchAttributeKey,
  TypedSearchAttributes,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common';
import { ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import type { ScheduledRun } from '../activities/scheduled-run.ts';
import { flows, type FlowName } from '../src/flows/index.ts';
import { checkedInput, onlyInput, requestFrom } from '../src/flows/input.ts';
import { scheduledFiring, type ScheduledFiring } from '../src/flows/other-workflows.ts';
import { runAttributes } from '../src/temporal/names.ts';
import { resolveScheduledRun } from './activity-proxies.ts';
import { endsOnErrors } from './ends-on-errors.ts';
import { inputOrFailure } from './run-asked.ts';
import { show } from './run-face.ts';
import type { FlowWorkflow } from './run-lifecycle.ts';

/** What became of a firing: its run was started, goes on already, has done everything already, or is not due. */
export interface FiringOutcome {
  readonly outcome: 'started' | 'joined' | 'done' | 'nothing_due';
  readonly workflowId: string;
  /** Null for a run that was joined, or is not due. */
  readonly runId: string | null;
  readonly nominalTime: string;
  readonly reason?: string;
}

const sessionDate = defineSearchAttributeKey('SessionDate', 'KEYWORD');
const scheduledStart = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');

/**
 * Starts the run that a firing stands for, under its own id: a schedule can only append its time to one. The nominal
 * time, not the clock, says which sessions it is for.
 */
export const startScheduledRun = endsOnErrors(async (...args: unknown[]): Promise<FiringOutcome> => {
  const { typedSearchAttributes, startTime } = workflowInfo();
  const nominalTime = (typedSearchAttributes.get(scheduledStart) ?? startTime).toISOString();
  const { flow, parameters } = inputOrFailure(() => firingOf(args, nominalTime));
  const run = await resolveScheduledRun(flow, { ...parameters, nominalTime });
  const { workflowId, nothingDue, beside } = run;
  if (nothingDue !== undefined)
    return { outcome: 'nothing_due', workflowId, runId: null, nominalTime, reason: nothingDue };
  show([{ key: sessionDate, value: run.session }]);
  const outcome = await begin(flow, run, nominalTime);
  if (beside !== undefined) await begin(flow, beside, nominalTime);
  return outcome;
});

function firingOf(args: readonly unknown[], nominalTime: string): ScheduledFiring {
  const name = 'startScheduledRun';
  const firing = checkedInput(name, scheduledFiring, onlyInput(name, args));
  requestFrom(flows[firing.flow], { ...firing.parameters, nominalTime }, nominalTime);
  return firing;
}

async function begin(
  name: FlowName,
  { workflowId, session, doneBy, parameters }: ScheduledRun,
  nominalTime: string,
): Promise<FiringOutcome> {
  if (doneBy !== null) return { outcome: 'done', workflowId, runId: doneBy, nominalTime };
  const flow = flows[name];
  try {
    const run = await startChild<FlowWorkflow<unknown>>(flow.type, {
      workflowId,
      taskQueue: workflowInfo().taskQueue,
      args: [parameters],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      typedSearchAttributes: new TypedSearchAttributes(runAttributes(flow, session, 'scheduled')),
      staticSummary: flow.description,
      priority: { priorityKey: flow.priorityKey },
    });
    return { outcome: 'started', workflowId, runId: run.firstExecutionRunId, nominalTime };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return { outcome: 'joined', workflowId, runId: null, nominalTime };
  }
}
