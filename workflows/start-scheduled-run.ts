import {
  defineSearchAttributeKey,
  TypedSearchAttributes,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common';
import { ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import type { IngestionRequest } from '../activities/ingestion-run.ts';
import { flows, priorityOf, runAttributes, type Flow } from '../src/temporal/names.ts';
import { resolveScheduledRun } from './activity-proxies.ts';

/** What a schedule carries: everything but the time that it fires for. */
export interface ScheduledFiring {
  readonly flow: Flow;
  readonly request: Omit<IngestionRequest, 'nominalTime'>;
  readonly description: string;
}

/** What became of a firing: its run was started, goes on already, or has done everything already. */
export interface FiringOutcome {
  readonly outcome: 'started' | 'joined' | 'done';
  readonly workflowId: string;
  /** Null for a run that was joined. */
  readonly runId: string | null;
  readonly nominalTime: string;
}

const scheduledStart = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');

/**
 * Starts the run that a firing stands for, under its own id: a schedule can only append its time to one. The nominal
 * time, not the clock, says which sessions it is for.
 */
export async function startScheduledRun(firing: ScheduledFiring): Promise<FiringOutcome> {
  const { flow, request, description } = firing;
  const { typedSearchAttributes, startTime, taskQueue } = workflowInfo();
  const nominalTime = (typedSearchAttributes.get(scheduledStart) ?? startTime).toISOString();
  const full = { ...request, nominalTime };
  const { workflowId, session, doneBy } = await resolveScheduledRun(flow, full);
  if (doneBy !== null) return { outcome: 'done', workflowId, runId: doneBy, nominalTime };
  try {
    const run = await startChild(flows[flow], {
      workflowId,
      taskQueue,
      args: [full],
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
