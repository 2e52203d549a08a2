import { ApplicationFailure, sleep, workflowInfo } from '@temporalio/workflow';
import type { PlannedWave } from '../activities/planning.ts';
import { inLanes } from '../src/domain/in-lanes.ts';
import type { IngestionRequest, IngestionRun } from '../src/runs/ingestion-request.ts';
import type { RunPolicy } from '../src/runs/run-policy.ts';
import { changeRunRange, expireRun, pacedActivities, planLoads, reopenFailed } from './activity-proxies.ts';
import { batchInWords } from './batch-words.ts';
import { showDetails } from './details.ts';
import { closing } from './run-end.ts';
import type { RunContext } from './run-lifecycle.ts';
import { inWords, waitFor, type RunWait } from './run-wait.ts';
import { setting } from '../src/setting.ts';

/** The batches of one plan, or of the requests that are tried again. */
interface Wave extends PlannedWave {
  readonly number: number;
  readonly done: readonly number[];
  /** Requests that failed for a passing cause. */
  readonly failed: number;
}

/** Where loading is, JSON only: to be taken up by another execution once the history of this one is long. */
export interface LoadingState {
  /** With the range that it has now. */
  readonly run: IngestionRun;
  readonly wave: Wave;
  /** Rounds of retries so far. */
  readonly retries: number;
  readonly limitMs: number;
}

interface Loading extends RunContext<IngestionRequest> {
  readonly handOver: (state: LoadingState) => Promise<never>;
}

/** What comes next; `end`: nothing. */
type Step = 'ask' | 'wait' | 'replan' | 'retry' | 'giveUp' | 'end';

/** What each step leaves behind, and which one follows. */
const steps: Readonly<
  Record<Exclude<Step, 'end'>, (loading: Loading, state: LoadingState) => Promise<[LoadingState, Step]>>
> = { ask, wait, replan, retry, giveUp };

/**
 * Makes the requests of a run in waves: those of its plan, a round for each retry of what failed for a passing cause, and
 * a new plan when the range is changed. Returns the run with the range that it ended with.
 */
export async function loadInWaves(
  loading: Loading,
  planned: PlannedWave | null,
  resumed: LoadingState | null,
): Promise<IngestionRun> {
  const { run, policy, steering } = loading;
  const plan = () => withinPlanning(loading, () => planLoads(run, 1));
  let state = resumed ?? firstState(run, planned ?? (await plan()), policy);
  steering.limit(state.limitMs);
  for (let step: Step = 'ask'; step !== 'end';) [state, step] = await steps[step](loading, state);
  return state.run;
}

/** Takes the place of the run's own limit meanwhile. */
function withinPlanning<Result>({ policy, steering }: Loading, plan: () => Promise<Result>): Promise<Result> {
  return steering.within({ what: 'the planning of the run', seconds: policy.timeoutSeconds }, plan);
}

function firstState(run: IngestionRun, planned: PlannedWave, policy: RunPolicy): LoadingState {
  const { totalSeconds } = planned;
  const { timeoutIsChosen, timeoutSeconds } = policy;
  if (timeoutIsChosen && totalSeconds > timeoutSeconds) {
    throw ApplicationFailure.nonRetryable(
      `the plan takes ${totalSeconds} s at the provider's pace, the run may take ${timeoutSeconds} s: ` +
        `raise ${setting('RUN_TIMEOUT_SECONDS')}, or ask for less`,
      'PlanExceedsLimit',
    );
  }
  const limitMs = 1000 * Math.max(timeoutSeconds, timeoutIsChosen ? 0 : 2 * totalSeconds);
  return { run, wave: opened(1, planned), retries: 0, limitMs };
}

function opened(number: number, planned: PlannedWave): Wave {
  return { ...planned, number, done: [], failed: 0 };
}

/** Makes the requests of a wave that are not made yet, for as long as nobody interrupts and the history is short. */
async function ask(loading: Loading, state: LoadingState): Promise<[LoadingState, Step]> {
  const { steering, policy } = loading;
  const progress: Progress = { done: new Set(state.wave.done), failed: state.wave.failed, waits: new Map() };
  const phase = state.retries === 0 ? 'loading' : `retry ${state.retries} of ${policy.loadRetries}`;
  steering.show(() => {
    const [waits = null] = progress.waits.values();
    return { phase, batchesDone: progress.done.size, batches: state.wave.batches, waits };
  });
  const interruption = await steering.guard(() => askBatches(loading, state, progress));
  const asked = { ...state, wave: { ...state.wave, done: [...progress.done], failed: progress.failed } };
  if (interruption === 'expired') return [asked, 'giveUp'];
  if (interruption === 'interrupted') return [asked, 'wait'];
  if (asked.wave.done.length < asked.wave.batches) return loading.handOver(asked);
  return [asked, 'retry'];
}

interface Progress {
  readonly done: Set<number>;
  failed: number;
  /** Batches that wait, by their number; all of them for the round of retries under -1. */
  readonly waits: Map<number, RunWait>;
}

function showWave({ batches }: Wave, { done }: Progress, round: string): void {
  showDetails(`loading: ${done.size} of ${batches} batches${round}`);
}

/** Waits, and says for what and how long: on the timer, and to whoever asks how far the run is. */
async function waitShown({ waits }: Progress, place: number, what: string, ms: number): Promise<void> {
  const wait = waitFor(what, ms);
  waits.set(place, wait);
  showDetails(`waits for ${what} until ${wait.until}`);
  await sleep(ms, { summary: `waits ${inWords(ms)} for ${what}` });
  waits.delete(place);
}

async function askBatches(
  { policy, steering }: Loading,
  state: LoadingState,
  progress: Progress,
): Promise<void> {
  const { run, wave, retries } = state;
  if (retries > 0 && progress.done.size === 0 && policy.retryDelaySeconds > 0) {
    const what = `retry ${retries} of ${policy.loadRetries} of what failed`;
    await waitShown(progress, -1, what, policy.retryDelaySeconds * 1000);
  }
  const { loadBatch } = pacedActivities(wave.seconds);
  const round = retries === 0 ? '' : `, retry ${retries} of ${policy.loadRetries}`;
  const load = async (batch: number) => {
    const key = { runId: run.runId, source: run.request.source, wave: wave.number, batch };
    const summary = `${batchInWords(wave, batch)}${round}`;
    let outcome = await loadBatch.executeWithOptions({ summary }, [key]);
    while (outcome.resumeInMs !== null) {
      // The provider's next free slot is far off: waiting here holds no worker.
      const { resumeInMs, spent = false } = outcome;
      const what = `${spent ? 'the next day' : 'a slot'} of ${run.request.source}'s budget`;
      const waiting = () => waitShown(progress, batch, what, resumeInMs);
      await (spent ? steering.standStill(waiting) : waiting());
      outcome = await loadBatch.executeWithOptions({ summary }, [key]);
    }
    progress.done.add(batch);
    progress.failed += outcome.failed;
    showWave(wave, progress, round);
  };
  showWave(wave, progress, round);
  const open = Array.from({ length: wave.batches }, (_, batch) => batch).filter(
    (batch) => !progress.done.has(batch),
  );
  const now = open.slice(0, policy.batchesPerExecution);
  await inLanes(now, wave.window, load, () => !workflowInfo().continueAsNewSuggested);
}

/** A person has interrupted: with another range, or with a pause, which may bring one as well. */
async function wait({ steering }: Loading, state: LoadingState): Promise<[LoadingState, Step]> {
  const range = await steering.takeRange();
  if (range !== null) {
    const { run } = state;
    const request = { ...run.request, sessions: { range } };
    return [{ ...state, run: { ...run, request } }, 'replan'];
  }
  steering.show(() => ({
    phase: 'paused',
    batchesDone: state.wave.done.length,
    batches: state.wave.batches,
  }));
  await steering.untilRunning();
  return [state, 'ask'];
}

async function replan(loading: Loading, state: LoadingState): Promise<[LoadingState, Step]> {
  const { run, wave, limitMs } = state;
  const planned = await withinPlanning(loading, async () => {
    await changeRunRange(run);
    return planLoads(run, wave.number + 1);
  });
  loading.steering.limit(limitMs);
  return [{ ...state, wave: opened(wave.number + 1, planned) }, 'ask'];
}

async function retry(loading: Loading, state: LoadingState): Promise<[LoadingState, Step]> {
  const { policy, steering } = loading;
  const { run, wave, retries, limitMs } = state;
  const mayRetry = wave.failed > 0 && retries < policy.loadRetries;
  const reopen = () => reopenFailed(run.runId, wave.number + 1, run.request.source);
  const planned = mayRetry ? await withinPlanning(loading, reopen) : null;
  if (mayRetry) steering.limit(limitMs);
  if (planned === null || planned.batches === 0) {
    const { range, paused } = steering.state();
    // An order that came with the last of the answers is heard before the run ends.
    return [state, range !== null || paused ? 'wait' : 'end'];
  }
  return [{ ...state, wave: opened(wave.number + 1, planned), retries: retries + 1 }, 'ask'];
}

async function giveUp({ policy, steering }: Loading, state: LoadingState): Promise<[LoadingState, Step]> {
  await steering.within(closing, () => expireRun(state.run.runId, policy.timeoutSeconds));
  return [state, 'end'];
}
