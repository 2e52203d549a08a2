import {
  defineSearchAttributeKey,
  TypedSearchAttributes,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common';
import {
  ParentClosePolicy,
  sleep,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { FiringParameters, ScheduledRun } from '../activities/scheduled-run.ts';
import { flows, type FlowName } from '../src/flows/index.ts';
import { checkedArguments, requestFrom } from '../src/flows/input.ts';
import { scheduledFiring, type ScheduledFiring } from '../src/flows/other-workflows.ts';
import { runTitle, symbolsInBrief } from '../src/flows/run-title.ts';
import { longestExecution, runAttributes, runMemo } from '../src/temporal/names.ts';
import { joinLateFirings, resolveScheduledRun } from './activity-proxies.ts';
import { showDetails } from './details.ts';
import { endsOnErrors } from './ends-on-errors.ts';
import { inputOrFailure } from './run-asked.ts';
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
  const firing = await fire(args);
  const { outcome, workflowId, reason } = firing;
  showDetails(`${said[outcome]}: ${outcome === 'nothing_due' ? reason : workflowId}`);
  return firing;
});

const said: Readonly<Record<FiringOutcome['outcome'], string>> = {
  started: 'has started',
  joined: 'goes on already, or does it as well',
  done: 'was done already',
  nothing_due: 'nothing is due',
};

async function fire(args: readonly unknown[]): Promise<FiringOutcome> {
  const { typedSearchAttributes, startTime } = workflowInfo();
  const nominalTime = (typedSearchAttributes.get(scheduledStart) ?? startTime).toISOString();
  const { flow, parameters } = inputOrFailure(() => firingOf(args, nominalTime));
  const run = await resolveScheduledRun(flow, { ...parameters, nominalTime });
  const { workflowId, nothingDue, beside } = run;
  upsertSearchAttributes([{ key: sessionDate, value: run.session }]);
  if (nothingDue !== undefined)
    return { outcome: 'nothing_due', workflowId, runId: null, nominalTime, reason: nothingDue };
  if (run.late === true && run.doneBy === null)
    return joinOthers(flow, { ...parameters, nominalTime }, beside !== undefined);
  return beginBoth(flow, run, nominalTime);
}

function firingOf(args: readonly unknown[], nominalTime: string): ScheduledFiring {
  const name = 'startScheduledRun';
  const firing = checkedArguments(name, scheduledFiring, args);
  requestFrom(flows[firing.flow], { ...firing.parameters, nominalTime }, nominalTime);
  return firing;
}

/** After an outage many firings come at once: the newest starts one run for all of them, the others say which it is. */
async function joinOthers(
  flow: FlowName,
  parameters: FiringParameters,
  beside: boolean,
): Promise<FiringOutcome> {
  const { nominalTime } = parameters;
  for (;;) {
    const joined = await joinLateFirings(flow, parameters, beside);
    if ('askAgainInMs' in joined) {
      await sleep(joined.askAgainInMs, { summary: 'waits for other firings that come late' });
      continue;
    }
    const { workflowId, doneBy } = joined.run;
    if (!joined.leads) {
      const outcome = doneBy === null ? 'joined' : 'done';
      return { outcome, workflowId, runId: doneBy, nominalTime, reason: 'a later firing does its sessions' };
    }
    return beginBoth(flow, joined.run, nominalTime);
  }
}

/** Begins a run, and the one that is due beside it; says what became of the first. */
async function beginBoth(flow: FlowName, run: ScheduledRun, nominalTime: string): Promise<FiringOutcome> {
  const outcome = await begin(flow, run, nominalTime);
  if (run.beside !== undefined) await begin(flow, run.beside, nominalTime);
  return outcome;
}

async function begin(
  name: FlowName,
  { workflowId, session, doneBy, elsewhere, parameters }: ScheduledRun,
  nominalTime: string,
): Promise<FiringOutcome> {
  if (doneBy !== null) return { outcome: 'done', workflowId, runId: doneBy, nominalTime };
  if (elsewhere !== undefined) return { outcome: 'joined', workflowId, runId: null, nominalTime };
  const flow = flows[name];
  const request = requestFrom(flow, parameters, nominalTime);
  try {
    const run = await startChild<FlowWorkflow<unknown>>(flow.type, {
      workflowId,
      taskQueue: workflowInfo().taskQueue,
      args: [parameters],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      typedSearchAttributes: new TypedSearchAttributes(
        runAttributes(flow, { session, symbols: symbolsInBrief(request) }, 'scheduled'),
      ),
      ...runTitle(flow, { parameters, request, session }),
      memo: runMemo(flow, 'schedule'),
      workflowExecutionTimeout: longestExecution,
      priority: { priorityKey: flow.priorityKey },
    });
    return { outcome: 'started', workflowId, runId: run.firstExecutionRunId, nominalTime };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return { outcome: 'joined', workflowId, runId: null, nominalTime };
  }
}
