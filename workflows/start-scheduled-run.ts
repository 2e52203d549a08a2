import {
  defineSearchAttributeKey,
  TypedSearchAttributes,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common';
import { ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import type { IngestionRequest } from '../src/runs/ingestion-run.ts';
import type { ScheduledRun } from '../activities/scheduled-run.ts';
import { flows, priorityOf, runAttributes, type Flow } from '../src/temporal/names.ts';
import { resolveScheduledRun } from './activity-proxies.ts';

/** What a schedule carries: everything but the time that it fires for. */
export interface ScheduledFiring {
  readonly flow: Flow;
  readonly request: Omit<IngestionRequest, 'nominalTime'>;
  readonly description: string;
}

/** What became of a firing: its run was started, goes on already, has done everything already, or is not due. */
export interface FiringOutcome {
  readonly outcome: 'started' | 'joined' | 'done' | 'nothing_due';
  readonly workflowId: string;
  /** Null for a run that was joined, or is not due. */
  readonly runId: string | null;
  readonly nominalTime: string;
  readonly reason?: string;
}

const scheduledStart = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');

/**
 * Starts the run that a firing stands for, under its own id: a schedule can only append its time to one. The nominal
 * time, not the clock, says which sessions it is for.
 */
export async function startScheduledRun(firing: ScheduledFiring): Promise<FiringOutcome> {
  const { flow, request } = firing;
  const { typedSearchAttributes, startTime } = workflowInfo();
  const nominalTime = (typedSearchAttributes.get(scheduledStart) ?? startTime).toISOString();
  const full = { ...request, nominalTime };
  const run = await resolveScheduledRun(flow, full);
  const { workflowId, nothingDue, beside } = run;
  if (nothingDue !== undefined)
    return { outcome: 'nothing_due', workflowId, runId: null, nominalTime, reason: nothingDue };
  const outcome = await begin(firing, full, run);
  if (beside !== undefined) await begin(firing, beside.request, beside.run);
  return outcome;
}

async function begin(
  { flow, description }: ScheduledFiring,
  request: IngestionRequest,
  { workflowId, session, doneBy }: ScheduledRun,
): Promise<FiringOutcome> {
  const { nominalTime } = request;
  if (doneBy !== null) return { outcome: 'done', workflowId, runId: doneBy, nominalTime };
  try {
    const run = await startChild(flows[flow], {
      workflowId,
      taskQueue: workflowInfo().taskQueue,
      args: [request],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      typedSearchAttributes: new TypedSearchAttributes(runAttributes(flow, session, 'scheduled')),
      staticSummary: description,
      priority: priorityOf(flow),
    });
    return { outcome: 'started', workflowId, runId: run.firstExecutionRunId, nominalTime };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return { outcome: 'joined', workflowId, runId: null, nominalTime };
  }
}
