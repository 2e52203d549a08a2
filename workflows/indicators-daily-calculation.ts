import type { SessionWait } from '../activities/indicator-closing.ts';
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
import { awaitSession } from './await-session.ts';
import { showDetails } from './details.ts';
import { endsOnErrors } from './ends-on-errors.ts';
import { closing, completed } from './run-end.ts';
import { conductRun, type FlowWorkflow, type RunContext } from './run-lifecycle.ts';

/** Computes the indicators that are due, from the bars as they are stored. */
export const indicatorsDailyCalculation: FlowWorkflow<IndicatorsSummary> = endsOnErrors((...args) => {
  let wait: SessionWait | null = null;
  return conductRun(flow, args, async (context: RunContext<IndicatorsRequest>) => {
    wait ??= await awaitSession(context, { read: readIngestion, note: noteIngestionWait });
    return compute(context, wait);
  });
});

async function compute(
  { run, policy, steering }: RunContext<IndicatorsRequest>,
  wait: SessionWait,
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
