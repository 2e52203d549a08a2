import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  ContinueAsNew,
  makeContinueAsNewFunc,
  sleep,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { z } from 'zod';
import { cutText } from '../src/domain/storable-text.ts';
import type { Flow, FlowFace } from '../src/flows/flow.ts';
import type { RunPolicy } from '../src/runs/run-policy.ts';
import type { AnyRequest, Run, RunRequest } from '../src/runs/run.ts';
import { noteRetry, openRun } from './activity-proxies.ts';
import { endingSoon } from './ending-soon.ts';
import { runAsked } from './run-asked.ts';
import { showEnd, showRun } from './run-face.ts';
import { causeOf, endRun, isToEnd } from './run-end.ts';
import { waitFor } from './run-wait.ts';
import { parentOfRun, starterOfRun } from './starter.ts';
import { steer, type Steering, type SteeringState } from './steering.ts';

/** What one execution of a run leaves to the next. */
export interface ResumedRun<State> {
  readonly policy: RunPolicy;
  readonly steering: SteeringState;
  /** Attempts of the run that have failed as a whole. */
  readonly retries: number;
  readonly state: State;
}

/** What the workflow of a flow is given: its parameters, and what an earlier execution has left to this one. */
export type RunArguments<State = never> = [input?: unknown, resumed?: ResumedRun<State>];

/** The workflow of a flow: its parameters in, its summary out. */
export type FlowWorkflow<Summary, State = never> = (...args: RunArguments<State>) => Promise<Summary>;

/** A run under way: what it is asked, what it keeps to, and who steers it. */
export interface RunContext<Request extends AnyRequest = RunRequest> {
  readonly run: Run<Request>;
  readonly policy: RunPolicy;
  readonly steering: Steering;
}

/** What one attempt of a run does; with a state it takes up what an earlier execution has left. */
interface RunWork<Request extends AnyRequest, State, Summary> {
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
 * at once, entered as a run that failed.
 */
export async function conductRun<Schema extends z.ZodObject, Request extends AnyRequest, State, Summary>(
  flow: Flow<Schema, Request>,
  args: RunArguments<State>,
  work: RunWork<Request, State, Summary>,
): Promise<Summary> {
  const run = await runAsked(flow, args);
  const steering = steer(run, args[1]?.steering);
  try {
    return await endingSoon(() => attempts(flow, args, { run, steering }, work));
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    steering.takeOrders('none');
    return await endRun(flow, run.runId, error, steering);
  } finally {
    steering.end();
  }
}

/** Opens a run, and does its work as often as its policy says. */
async function attempts<Schema extends z.ZodObject, Request extends AnyRequest, State, Summary>(
  flow: Flow<Schema, Request>,
  [input, resumed]: RunArguments<State>,
  { run, steering }: Pick<RunContext<Request>, 'run' | 'steering'>,
  work: RunWork<Request, State, Summary>,
): Promise<Summary> {
  // Even where it is cancelled at once: what is not in the ledger cannot be closed there.
  const policy = resumed?.policy ?? (await open(flow, run, steering).finally(() => steering.opened()));
  let state = resumed?.state ?? null;
  for (let retries = resumed?.retries ?? 0; ; retries += 1) {
    const handOver = async (left: State) => {
      await steering.settled();
      return continueRun(input, run, { policy, steering: steering.state(), retries, state: left });
    };
    try {
      const summary = await work({ run, policy, steering }, handOver, state);
      await steering.settled();
      steering.finish(summary);
      showEnd(summary);
      return summary;
    } catch (error) {
      const ends = isToEnd(error) || error instanceof ContinueAsNew || isFinal(error);
      if (ends || retries >= policy.runRetries) throw error;
      state = null;
      steering.takeOrders('all');
      await untilRetry({ run, policy, steering }, error);
    }
  }
}

async function untilRetry({ run, policy, steering }: RunContext<AnyRequest>, error: unknown): Promise<void> {
  const { runRetryDelaySeconds } = policy;
  await noteRetry(run.runId, causeOf(error), runRetryDelaySeconds);
  const waits = waitFor(`the run's own retry, after: ${causeOf(error).message}`, runRetryDelaySeconds * 1000);
  steering.show(() => ({ phase: 'retry of the run', batchesDone: 0, batches: 0, waits }));
  await sleep(runRetryDelaySeconds * 1000, { summary: cutText(`waits for ${waits.what}`, 200) });
}

async function open(
  flow: FlowFace,
  run: Run<AnyRequest>,
  steering: Pick<Steering, 'within'>,
): Promise<RunPolicy> {
  const { session, ...policy } = await CancellationScope.nonCancellable(() => {
    const info = workflowInfo();
    const what = { what: 'the opening of the run', seconds: flow.policy.timeoutSeconds };
    return steering.within(what, () => openRun(run, starterOfRun(info), parentOfRun(info)));
  });
  showRun(flow, run, session);
  return policy;
}

/** The next execution is asked the same at the same nominal time. */
function continueRun<State>(
  input: unknown,
  { request: { nominalTime } }: Run<AnyRequest>,
  resumed: ResumedRun<State>,
): Promise<never> {
  // Its own arguments came unread.
  const again = makeContinueAsNewFunc<FlowWorkflow<unknown, State>>({ typeInfo: {} });
  return again({ ...(input as object | undefined), nominalTime }, resumed);
}

/** A cause that no second try removes. */
function isFinal(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  // What the code of a workflow throws it throws again.
  if (!(cause instanceof TemporalFailure)) return true;
  return cause instanceof ApplicationFailure && cause.nonRetryable === true;
}
