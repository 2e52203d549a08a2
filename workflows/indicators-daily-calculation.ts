import { CancellationScope, setCurrentDetails, sleep, workflowInfo } from '@temporalio/workflow';
import type { IngestionWait } from '../activities/indicator-closing.ts';
import type { IndicatorsRequest, IndicatorsRun } from '../src/runs/indicators-run.ts';
import type { IndicatorPlan } from '../activities/indicator-planning.ts';
import type { FlowPolicy } from '../src/runs/run-policy.ts';
import { inLanes } from '../src/domain/in-lanes.ts';
import type { IndicatorsSummary } from '../src/runs/indicators-summary.ts';
import {
  computeIndicatorBatch,
  expireIndicatorRun,
  finishIndicatorRun,
  noteIngestionWait,
  noteRetry,
  openIndicatorRun,
  planIndicators,
  readIngestion,
} from './activity-proxies.ts';
import { causeOf, endRun, isToEnd } from './run-end.ts';
import { steer, type Steering } from './steering.ts';

/** Computes the indicators that are due, from the bars as they are stored. */
export async function indicatorsDailyCalculation(request: IndicatorsRequest): Promise<IndicatorsSummary> {
  const { workflowId, firstExecutionRunId: runId, startTime } = workflowInfo();
  const run = { workflowId, runId, startedAt: startTime.toISOString(), request };
  const steering = steer(false);
  try {
    // Even where it is cancelled at once: what is not in the ledger cannot be closed there.
    const policy = await CancellationScope.nonCancellable(() => openIndicatorRun(run));
    const wait = await awaitIngestion(run, steering);
    for (let retries = 0; ; retries += 1) {
      try {
        return await attempt({ run, policy, steering }, wait);
      } catch (error) {
        if (isToEnd(error) || retries >= policy.runRetries) throw error;
        await noteRetry(runId, causeOf(error), policy.runRetryDelaySeconds);
        await sleep(policy.runRetryDelaySeconds * 1000);
      }
    }
  } catch (error) {
    return await endRun(runId, error);
  } finally {
    steering.end();
  }
}

const firstPauseSeconds = 30;
const longestPauseSeconds = 300;

/** Waits for the session's bars as long as the request says; a person's request does not wait. A pause holds what follows. */
async function awaitIngestion(run: IndicatorsRun, steering: Steering): Promise<IngestionWait> {
  const { waitSeconds } = run.request;
  if (waitSeconds === undefined) return { waitedFor: null, wentOnWithout: null };
  steering.show(() => ({ phase: 'waiting', batchesDone: 0, batches: 0 }));
  let [seconds, pause] = [0, firstPauseSeconds];
  for (;;) {
    const { flow, session, state, lacks } = await readIngestion(run.request);
    if (state !== 'awaited' || seconds >= waitSeconds) {
      const wait = { waitedFor: { flow, session, seconds }, wentOnWithout: lacks };
      await noteIngestionWait(run.runId, wait);
      return wait;
    }
    setCurrentDetails(`waits for the bars of ${session}: ${lacks ?? ''}`);
    const next = Math.min(pause, waitSeconds - seconds);
    await sleep(next * 1000);
    seconds += next;
    pause = Math.min(2 * pause, longestPauseSeconds);
  }
}

interface Context {
  readonly run: IndicatorsRun;
  readonly policy: FlowPolicy;
  readonly steering: Steering;
}

async function attempt({ run, policy, steering }: Context, wait: IngestionWait): Promise<IndicatorsSummary> {
  const plan = await planIndicators(run);
  const done = new Set<number>();
  steering.show(() => ({ phase: 'computing', batchesDone: done.size, batches: plan.batches.length }));
  // The deadline is for the work: neither waiting for bars nor an earlier attempt counts.
  steering.end();
  steering.limit(steering.workedMs() + policy.timeoutSeconds * 1000);
  for (;;) {
    const interruption = await steering.guard(() => computeBatches(plan, done));
    if (interruption === 'expired') await expireIndicatorRun(run.runId, policy.timeoutSeconds);
    if (interruption !== 'interrupted') return finishIndicatorRun(run, wait);
    await steering.untilRunning();
  }
}

/** Has the batches computed that are not done yet, a few at a time. */
async function computeBatches({ batches, atOnce, wish }: IndicatorPlan, done: Set<number>): Promise<void> {
  const open = [...batches.entries()].filter(([batch]) => !done.has(batch));
  await inLanes(open, atOnce, async ([batch, span]) => {
    await computeIndicatorBatch(wish, span);
    done.add(batch);
    setCurrentDetails(`${done.size} of ${batches.length} batches`);
  });
}
