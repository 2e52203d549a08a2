import { sleep } from '@temporalio/workflow';
import type { IngestionWait } from '../activities/indicator-closing.ts';
import type { IndicatorPlan } from '../activities/indicator-planning.ts';
import { inLanes } from '../src/domain/in-lanes.ts';
import { indicatorsDailyCalculation as flow } from '../src/flows/indicators-daily-calculation.ts';
import type { IndicatorsRequest } from '../src/runs/indicators-request.ts';
import type { IndicatorsSummary } from '../src/runs/indicators-summary.ts';
import {
  computeIndicatorBatch,
  expireIndicatorRun,
  finishIndicatorRun,
  noteIngestionWait,
  planIndicators,
  readIngestion,
} from './activity-proxies.ts';
import { showDetails } from './details.ts';
import { endsOnErrors } from './ends-on-errors.ts';
import { closing, completed } from './run-end.ts';
import { conductRun, type FlowWorkflow, type RunContext } from './run-lifecycle.ts';
import { waitFor } from './run-wait.ts';

/** Computes the indicators that are due, from the bars as they are stored. */
export const indicatorsDailyCalculation: FlowWorkflow<IndicatorsSummary> = endsOnErrors((...args) => {
  let wait: IngestionWait | null = null;
  return conductRun(flow, args, async (context: RunContext<IndicatorsRequest>) => {
    wait ??= await awaitedIngestion(context);
    return compute(context, wait);
  });
});

const firstPauseSeconds = 30;
const longestPauseSeconds = 60;

/** Time for the wait itself, and for what is asked of the ledger meanwhile. */
function awaitedIngestion(context: RunContext<IndicatorsRequest>): Promise<IngestionWait> {
  const { run, policy, steering } = context;
  const seconds = (run.request.waitSeconds ?? 0) + policy.timeoutSeconds;
  return steering.within({ what: 'the wait for bars', seconds }, () => awaitIngestion(context));
}

/** Waits for the session's bars as long as the request says; a person's request does not wait. A pause holds what follows. */
async function awaitIngestion({ run, steering }: RunContext<IndicatorsRequest>): Promise<IngestionWait> {
  const { waitSeconds } = run.request;
  if (waitSeconds === null) return { waitedFor: null, wentOnWithout: null };
  steering.show(() => ({ phase: 'waiting', batchesDone: 0, batches: 0 }));
  let [seconds, pause] = [0, firstPauseSeconds];
  for (;;) {
    const { flow: awaited, session, state, lacks } = await readIngestion(run);
    if (state !== 'awaited' || seconds >= waitSeconds) {
      const wait = { waitedFor: { flow: awaited, session, seconds }, wentOnWithout: lacks };
      await noteIngestionWait(run.runId, wait);
      return wait;
    }
    showDetails(`waits for the bars of ${session}: ${lacks ?? ''}`);
    const next = Math.min(pause, waitSeconds - seconds);
    const waits = waitFor(`the bars of ${session} (${awaited})`, (waitSeconds - seconds) * 1000);
    steering.show(() => ({ phase: 'waiting', batchesDone: 0, batches: 0, waits }));
    await sleep(next * 1000, { summary: `waits for ${waits.what}` });
    seconds += next;
    pause = Math.min(2 * pause, longestPauseSeconds);
  }
}

async function compute(
  { run, policy, steering }: RunContext<IndicatorsRequest>,
  wait: IngestionWait,
): Promise<IndicatorsSummary> {
  const planning = { what: 'the planning of the run', seconds: policy.timeoutSeconds };
  const plan = await steering.within(planning, () => planIndicators(run));
  const done = new Set<number>();
  steering.show(() => ({ phase: 'computing', batchesDone: done.size, batches: plan.batches.length }));
  // The deadline is for the work: neither waiting for bars nor an earlier attempt counts.
  steering.limit(steering.workedMs() + policy.timeoutSeconds * 1000);
  for (;;) {
    const interruption = await steering.guard(() => computeBatches(plan, done));
    if (interruption === 'expired')
      await steering.within(closing, () => expireIndicatorRun(run.runId, policy.timeoutSeconds));
    await steering.untilRunning();
    if (interruption === 'interrupted') continue;
    return completed(steering, () => finishIndicatorRun(run, wait));
  }
}

/** Has the batches computed that are not done yet, a few at a time. */
async function computeBatches({ batches, atOnce, wish }: IndicatorPlan, done: Set<number>): Promise<void> {
  const open = [...batches.entries()].filter(([batch]) => !done.has(batch));
  const showDone = () => showDetails(`computing: ${done.size} of ${batches.length} batches`);
  showDone();
  await inLanes(open, atOnce, async ([batch, span]) => {
    const summary = `${batch + 1} of ${batches.length}: ${span.symbols} symbols`;
    await computeIndicatorBatch.executeWithOptions({ summary }, [wish, span]);
    done.add(batch);
    showDone();
  });
}
