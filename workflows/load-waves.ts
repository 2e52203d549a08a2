import { ApplicationFailure, setCurrentDetails, sleep, workflowInfo } from '@temporalio/workflow';
import { inLanes } from '../src/domain/in-lanes.ts';
import type { IngestionRun } from '../src/runs/ingestion-run.ts';
import type { PlannedWave, RunPolicy } from '../activities/planning.ts';
import { changeRunRange, expireRun, pacedActivities, planLoads, reopenFailed } from './activity-proxies.ts';
import type { Steering } from './steering.ts';

/** A run, what it keeps to, and who steers it. */
export interface RunContext {
  readonly run: IngestionRun;
  readonly policy: RunPolicy;
  readonly steering: Steering;
}

/** The batches of one plan, or of the requests that are tried again. */
interface Wave extends PlannedWave {
  readonly number: number;
  readonly done: Set<number>;
}

/** Where a run is, to be taken up by another execution once the history of this one is long. */
export interface LoadingState {
  readonly run: IngestionRun;
  readonly wave: PlannedWave & { readonly number: number; readonly done: readonly number[] };
  readonly retries: number;
  readonly limitMs: number;
  readonly workedMs: number;
}

/** Takes a run up where another execution has left it; never returns. */
export type HandOver = (state: LoadingState) => Promise<never>;

/**
 * Plans a run and makes its requests, in waves: the plan itself, a round for each retry of what failed for a passing
 * cause, and a new plan when the range is changed. Returns the run with the range that it ended with.
 */
export async function loadInWaves(
  { run, policy, steering }: RunContext,
  resumed: LoadingState | null,
  handOver: HandOver,
): Promise<IngestionRun> {
  let current = run;
  let phase = 'planning';
  let wave: Wave = { number: 0, batches: 0, window: 1, seconds: 0, totalSeconds: 0, done: new Set() };
  steering.show(() => ({ phase, batchesDone: wave.done.size, batches: wave.batches }));
  wave =
    resumed === null
      ? opened(1, await planLoads(current, 1))
      : { ...resumed.wave, done: new Set(resumed.wave.done) };
  if (resumed === null) requireTime(wave, policy);
  const limitMs = resumed?.limitMs ?? limitOf(wave, policy);
  steering.limit(limitMs);
  for (let retries = resumed?.retries ?? 0; ;) {
    phase = retries === 0 ? 'loading' : `retry ${retries} of ${policy.loadRetries}`;
    const interruption = await carryOut({ run: current, policy, steering }, wave, retries);
    if (interruption === 'expired') {
      await expireRun(current.runId, policy.timeoutSeconds);
      return current;
    }
    const range = steering.takeRange();
    if (range !== null) {
      current = { ...current, request: { ...current.request, sessions: { range } } };
      await changeRunRange(current);
      wave = opened(wave.number + 1, await planLoads(current, wave.number + 1));
      continue;
    }
    if (interruption === 'interrupted') {
      phase = 'paused';
      await steering.untilRunning();
      continue;
    }
    if (wave.done.size < wave.batches) {
      const left = { ...wave, done: [...wave.done] };
      await handOver({ run: current, wave: left, retries, limitMs, workedMs: steering.workedMs() });
    }
    if (retries >= policy.loadRetries) return current;
    wave = opened(
      wave.number + 1,
      await reopenFailed(current.runId, wave.number + 1, current.request.source),
    );
    if (wave.batches === 0) return current;
    retries += 1;
  }
}

function limitOf({ totalSeconds }: Wave, { timeoutSeconds, timeoutIsChosen }: RunPolicy): number {
  return 1000 * Math.max(timeoutSeconds, timeoutIsChosen ? 0 : 2 * totalSeconds);
}

function requireTime({ totalSeconds }: Wave, { timeoutIsChosen, timeoutSeconds }: RunPolicy): void {
  if (!timeoutIsChosen || totalSeconds <= timeoutSeconds) return;
  throw ApplicationFailure.nonRetryable(
    `the plan takes ${totalSeconds} s at the provider's pace, the run may take ${timeoutSeconds} s: ` +
      'raise RUN_TIMEOUT_SECONDS, or ask for less',
    'PlanExceedsLimit',
  );
}

function opened(number: number, planned: PlannedWave): Wave {
  return { number, ...planned, done: new Set() };
}

/** Makes the requests of a wave that are not made yet, a few batches at a time, for as long as the history is short. */
async function carryOut({ run, policy, steering }: RunContext, wave: Wave, retries: number) {
  const { runId } = run;
  const { source } = run.request;
  const key = { runId, wave: wave.number, ...(source === undefined ? {} : { source }) };
  const { loadBatch } = pacedActivities(wave.seconds);
  const delaySeconds = retries === 0 ? 0 : policy.retryDelaySeconds;
  return steering.guard(async () => {
    if (delaySeconds > 0 && wave.done.size === 0) await sleep(delaySeconds * 1000);
    const open = Array.from({ length: wave.batches }, (_, batch) => batch).filter(
      (batch) => !wave.done.has(batch),
    );
    const load = async (batch: number) => {
      let { resumeInMs } = await loadBatch({ ...key, batch });
      while (resumeInMs !== null) {
        // The provider's next free slot is far off: waiting here holds no worker.
        await sleep(resumeInMs);
        ({ resumeInMs } = await loadBatch({ ...key, batch }));
      }
      wave.done.add(batch);
      setCurrentDetails(`wave ${wave.number}: ${wave.done.size} of ${wave.batches} batches`);
    };
    const now = open.slice(0, policy.batchesPerExecution);
    await inLanes(now, wave.window, load, () => !workflowInfo().continueAsNewSuggested);
  });
}
