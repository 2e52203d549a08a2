import { ApplicationFailure, setCurrentDetails, sleep } from '@temporalio/workflow';
import type { IngestionRun } from '../activities/ingestion-run.ts';
import type { PlannedWave, RunPolicy } from '../activities/planning.ts';
import { changeRunRange, expireRun, pacedActivities, planLoads, reopenFailed } from './activity-proxies.ts';
import type { Steering } from './steering.ts';

/** The batches of one plan, or of the requests that are tried again. */
interface Wave extends PlannedWave {
  readonly number: number;
  readonly done: Set<number>;
}

/**
 * Plans a run and makes its requests, in waves: the plan itself, a round for each retry of what failed for a passing
 * cause, and a new plan when the range is changed. Returns the run with the range that it ended with.
 */
export async function loadInWaves(
  run: IngestionRun,
  policy: RunPolicy,
  steering: Steering,
): Promise<IngestionRun> {
  let current = run;
  let phase = 'planning';
  let wave: Wave = { number: 0, batches: 0, window: 1, seconds: 0, totalSeconds: 0, done: new Set() };
  steering.show(() => ({ phase, batchesDone: wave.done.size, batches: wave.batches }));
  wave = opened(1, await planLoads(current, 1));
  requireTime(wave, policy);
  steering.limit(1000 * Math.max(policy.timeoutSeconds, policy.timeoutIsChosen ? 0 : 2 * wave.totalSeconds));
  for (let retries = 0; ;) {
    phase = retries === 0 ? 'loading' : `retry ${retries} of ${policy.loadRetries}`;
    const interruption = await carryOut(
      current.runId,
      wave,
      steering,
      retries === 0 ? 0 : policy.retryDelaySeconds,
    );
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
    if (retries >= policy.loadRetries) return current;
    wave = opened(wave.number + 1, await reopenFailed(current.runId, wave.number + 1));
    if (wave.batches === 0) return current;
    retries += 1;
  }
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

/** Makes the requests of a wave that are not made yet, a few batches at a time. */
async function carryOut(runId: string, wave: Wave, steering: Steering, delaySeconds: number) {
  const { loadBatch } = pacedActivities(wave.seconds);
  return steering.guard(async () => {
    if (delaySeconds > 0 && wave.done.size === 0) await sleep(delaySeconds * 1000);
    const open = Array.from({ length: wave.batches }, (_, batch) => batch).filter(
      (batch) => !wave.done.has(batch),
    );
    const queue = open.values();
    const lanes = Array.from({ length: Math.min(wave.window, open.length) }, async () => {
      for (const batch of queue) {
        let { resumeInMs } = await loadBatch({ runId, wave: wave.number, batch });
        while (resumeInMs !== null) {
          // The provider's next free slot is far off: waiting here holds no worker.
          await sleep(resumeInMs);
          ({ resumeInMs } = await loadBatch({ runId, wave: wave.number, batch }));
        }
        wave.done.add(batch);
        setCurrentDetails(`wave ${wave.number}: ${wave.done.size} of ${wave.batches} batches`);
      }
    });
    await Promise.all(lanes);
  });
}
