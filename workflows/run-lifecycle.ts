import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  ContinueAsNew,
  makeContinueAsNewFunc,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { z } from 'zod';
import type { Flow } from '../src/flows/flow.ts';
import { isInputError, requestFrom } from '../src/flows/input.ts';
import type { RunPolicy } from '../src/runs/run-policy.ts';
import type { Run, RunRequest } from '../src/runs/run.ts';
import { noteRetry, openRun } from './activity-proxies.ts';
import { causeOf, endRun, isToEnd } from './run-end.ts';
import { steer, type Steering, type SteeringState } from './steering.ts';

/** What one execution of a run leaves to the next. */
export interface ResumedRun<State> {
  readonly policy: RunPolicy;
  readonly steering: SteeringState;
  /** Attempts of the run that have failed as a whole. */
  readonly retries: number;
  readonly state: State;
}

/** The workflow of a flow: its parameters in, its summary out. */
export type FlowWorkflow<Summary, State = never> = (
  input?: unknown,
  resumed?: ResumedRun<State>,
) => Promise<Summary>;

/** A run under way: what it is asked, what it keeps to, and who steers it. */
export interface RunContext<Request extends RunRequest = RunRequest> {
  readonly run: Run<Request>;
  readonly policy: RunPolicy;
  readonly steering: Steering;
}

/** What one attempt of a run does; with a state it takes up what an earlier execution has left. */
interface RunWork<Request extends RunRequest, State, Summary> {
  (
    context: RunContext<Request>,
    /** Goes on as another execution with a history of its own; never returns. */
    handOver: (state: State) => Promise<never>,
    resumed: State | null,
  ): Promise<Summary>;
}

/**
 * A run from its opening to its end, whatever its kind. An attempt that cannot go on is tried again as a whole where the
 * policy says so; whatever ends the run for good, the ledger is closed before it does. Input that is no request fails it
 * at once.
 */
export async function conductRun<Schema extends z.ZodObject, Request extends RunRequest, State, Summary>(
  flow: Flow<Schema, Request>,
  given: { readonly input: unknown; readonly resumed?: ResumedRun<State> | undefined },
  work: RunWork<Request, State, Summary>,
): Promise<Summary> {
  const run = runOf(flow, given.input);
  const { resumed } = given;
  const key = { runId: run.runId, rangeMayChange: hasOwnRange(run.request) };
  const steering = steer(key, resumed?.steering);
  try {
    // Even where it is cancelled at once: what is not in the ledger cannot be closed there.
    const policy =
      resumed?.policy ??
      (await CancellationScope.nonCancellable(() => openRun(run)).finally(() => steering.opened()));
    let state = resumed?.state ?? null;
    for (let retries = resumed?.retries ?? 0; ; retries += 1) {
      const handOver = async (left: State) => {
        await steering.settled();
        return continueRun(given.input, run, { policy, steering: steering.state(), retries, state: left });
      };
      try {
        const summary = await work({ run, policy, steering }, handOver, state);
        await steering.settled();
        return summary;
      } catch (error) {
        const ends = isToEnd(error) || error instanceof ContinueAsNew || isFinal(error);
        if (ends || retries >= policy.runRetries) throw error;
        state = null;
        steering.takeOrders('all');
        await noteRetry(run.runId, causeOf(error), policy.runRetryDelaySeconds);
        await sleep(policy.runRetryDelaySeconds * 1000);
      }
    }
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    steering.takeOrders('none');
    // First that it was told to, then that it has ended.
    await steering.settled();
    return await endRun(run.runId, error).finally(() => steering.settled());
  } finally {
    steering.end();
  }
}

function runOf<Schema extends z.ZodObject, Request extends RunRequest>(
  flow: Flow<Schema, Request>,
  input: unknown,
): Run<Request> {
  const { workflowId, firstExecutionRunId: runId, startTime } = workflowInfo();
  const startedAt = startTime.toISOString();
  try {
    return { workflowId, runId, flow: flow.name, startedAt, request: requestFrom(flow, input, startedAt) };
  } catch (error) {
    if (!isInputError(error)) throw error;
    throw ApplicationFailure.nonRetryable(error.message, error.name);
  }
}

/** The next execution is asked the same at the same nominal time. */
function continueRun<State>(
  input: unknown,
  { request: { nominalTime } }: Run,
  resumed: ResumedRun<State>,
): Promise<never> {
  const again = makeContinueAsNewFunc<FlowWorkflow<unknown, State>>();
  return again({ ...(input as object | undefined), nominalTime }, resumed);
}

function hasOwnRange(request: RunRequest): boolean {
  return 'sessions' in request && 'range' in request.sessions;
}

/** A cause that no second try removes. */
function isFinal(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && cause.nonRetryable === true;
}
