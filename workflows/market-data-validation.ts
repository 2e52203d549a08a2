import type { SessionWait } from '../activities/indicator-closing.ts';
import type { ValidationPlan } from '../activities/validation.ts';
import { inLanes } from '../src/domain/in-lanes.ts';
import { marketDataValidation as flow } from '../src/flows/market-data-validation.ts';
import type { ValidationRequest, ValidationSummary } from '../src/runs/validation-request.ts';
import {
  finishValidation,
  judgeBars,
  noteValidationWait,
  planValidation,
  readIngestions,
} from './activity-proxies.ts';
import { awaitSession } from './await-session.ts';
import { showDetails } from './details.ts';
import { endsOnErrors } from './ends-on-errors.ts';
import { completed } from './run-end.ts';
import { conductRun, type FlowWorkflow, type RunContext } from './run-lifecycle.ts';
import { workThrough } from './work-through.ts';

/** Judges stored daily bars, a batch of symbols at a time: a pause is heard between two. */
export const marketDataValidation: FlowWorkflow<ValidationSummary> = endsOnErrors((...args) => {
  let wait: SessionWait | null = null;
  return conductRun(flow, args, async (context: RunContext<ValidationRequest>) => {
    wait ??= await awaitSession(context, { read: readIngestions, note: noteValidationWait });
    return validate(context, wait);
  });
});

const batchesAtOnce = 2;

async function validate(
  context: RunContext<ValidationRequest>,
  wait: SessionWait,
): Promise<ValidationSummary> {
  const { run, policy, steering } = context;
  const planning = { what: 'the planning of the run', seconds: policy.timeoutSeconds };
  const plan = await steering.within(planning, () => planValidation(run));
  const cells = new Map<number, number>();
  steering.show(() => ({ phase: 'judging', batchesDone: cells.size, batches: plan.batches.length }));
  await workThrough(context, () => judgeBatches(plan, cells));
  const judged = [...cells.values()].reduce((sum, count) => sum + count, 0);
  const waited = wait.waitedFor === null ? [] : [wait];
  return completed(steering, () => finishValidation(plan, judged, ...waited));
}

/** Has the batches judged that are not yet, a few at a time. */
async function judgeBatches({ batches, wish }: ValidationPlan, cells: Map<number, number>): Promise<void> {
  const open = [...batches.entries()].filter(([batch]) => !cells.has(batch));
  await inLanes(open, batchesAtOnce, async ([batch, ids]) => {
    const summary = `${batch + 1} of ${batches.length}: ${ids.length} symbols`;
    cells.set(batch, await judgeBars.executeWithOptions({ summary }, [wish, ids]));
    showDetails(`judging: ${cells.size} of ${batches.length} batches`);
  });
}
