import { sleep, workflowInfo } from '@temporalio/workflow';
import { reaskGaps as flow } from '../src/flows/gap-flows.ts';
import type { ReaskSummary } from '../src/runs/repair-summary.ts';
import type { RepairRequest } from '../src/runs/side-requests.ts';
import { finishSideRun, tellGaps } from './activity-proxies.ts';
import { askForGaps, askedAt } from './ask-for-gaps.ts';
import { showDetails } from './details.ts';
import { endsOnErrors } from './ends-on-errors.ts';
import { completed } from './run-end.ts';
import { conductRun, type FlowWorkflow, type RunContext } from './run-lifecycle.ts';
import { waitFor } from './run-wait.ts';

/** Asks again for what a repair has not brought, some days later each; what then remains people are told of. */
export const reaskGaps: FlowWorkflow<ReaskSummary> = endsOnErrors((...args) =>
  conductRun(flow, args, async (context: RunContext<RepairRequest>) => {
    const { run, policy, steering } = context;
    const { rounds, remains } = await askInRounds(context);
    const telling = { what: 'telling people of what remains', seconds: policy.timeoutSeconds };
    const told =
      remains === 0 ? 0 : await steering.within(telling, () => tellGaps(run, askedAt(run.request)));
    const summary = { rounds, remains, told };
    await completed(steering, () => finishSideRun(run.runId, summary));
    showDetails(`done: asked ${rounds} times, ${remains} cells remain`);
    return summary;
  }),
);

async function askInRounds(
  context: RunContext<RepairRequest>,
): Promise<Pick<ReaskSummary, 'rounds' | 'remains'>> {
  const begun = workflowInfo().startTime.getTime();
  const { againAfterSeconds } = context.run.request;
  let rounds = 0;
  let remains: number | null = null;
  for (const seconds of againAfterSeconds) {
    await untilThen(context, begun + seconds * 1000);
    ({
      outcome: { remains },
    } = await askForGaps(context));
    rounds += 1;
    if (remains === 0) break;
  }
  return { rounds, remains };
}

async function untilThen({ steering }: RunContext<RepairRequest>, thenMs: number): Promise<void> {
  const ms = Math.max(0, thenMs - Date.now());
  const waits = waitFor('the day on which it asks again', ms);
  steering.show(() => ({ phase: 'waiting', batchesDone: 0, batches: 0, waits }));
  showDetails(`asks again at ${waits.until ?? ''}`);
  await steering.standStill(() => sleep(ms, { summary: `waits for ${waits.what}` }));
}
