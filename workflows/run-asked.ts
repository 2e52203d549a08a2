import { ApplicationFailure, isCancellation, log, workflowInfo } from '@temporalio/workflow';
import type { z } from 'zod';
import type { Flow } from '../src/flows/flow.ts';
import { isInputError, onlyInput, requestFrom } from '../src/flows/input.ts';
import { outline } from '../src/flows/input-problems.ts';
import type { AnyRequest, Run } from '../src/runs/run.ts';
import { refuseRun } from './activity-proxies.ts';
import { showDetails } from './details.ts';
import { showFailed } from './run-face.ts';

/**
 * The run that the arguments of this workflow ask of a flow. What asks none is entered as a run that failed, and fails
 * the workflow; only an execution that another one goes on with is handed more than an input.
 */
export async function runAsked<Schema extends z.ZodObject, Request extends AnyRequest>(
  flow: Flow<Schema, Request>,
  args: readonly unknown[],
): Promise<Run<Request>> {
  const { workflowId, firstExecutionRunId: runId, startTime, continuedFromExecutionRunId } = workflowInfo();
  const startedAt = startTime.toISOString();
  const run = { workflowId, runId, flow: flow.name, startedAt };
  try {
    const input = continuedFromExecutionRunId === undefined ? onlyInput(flow.name, args) : args[0];
    return { ...run, request: requestFrom(flow, input, startedAt) };
  } catch (error) {
    if (!isInputError(error)) throw error;
    const { name: kind, message } = error;
    await enterRefused(() => refuseRun(run, outline(args[0] ?? {}), { kind, message }));
    showDetails(message);
    showFailed(flow);
    throw ApplicationFailure.nonRetryable(message, kind);
  }
}

/** The workflow fails at once, whether the ledger hears of it or not. */
async function enterRefused(enter: () => Promise<void>): Promise<void> {
  try {
    await enter();
  } catch (error) {
    if (!isCancellation(error)) log.warn('a refused run could not be entered', { error });
  }
}

/** What a check of input returns; what it has against it fails the workflow for good. */
export function inputOrFailure<Input>(check: () => Input): Input {
  try {
    return check();
  } catch (error) {
    if (!isInputError(error)) throw error;
    throw ApplicationFailure.nonRetryable(error.message, error.name);
  }
}
