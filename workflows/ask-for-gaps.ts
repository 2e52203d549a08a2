import { ChildWorkflowFailure, sleep, workflowInfo } from '@temporalio/workflow';
import type { PlannedRound } from '../activities/repairing.ts';
import type { FollowingRun } from '../src/flows/following-run.ts';
import type { RepairingRun, RepairOutcome } from '../src/runs/repair-summary.ts';
import type { RepairRequest } from '../src/runs/side-requests.ts';
import { assessRepair, isUnderWay, planRepairRound } from './activity-proxies.ts';
import { showDetails } from './details.ts';
import { isToEnd } from './run-end.ts';
import type { RunContext } from './run-lifecycle.ts';
import { repair, startFollowing } from './start-runs.ts';

/** What one round of asking has brought. */
export interface Round extends Pick<PlannedRound, 'againId'> {
  readonly outcome: RepairOutcome;
  readonly runs: readonly RepairingRun[];
}

/** The instant by the clock that a request is read at, ISO 8601. */
export function askedAt({ nominalTime }: RepairRequest): string {
  const elapsed = Date.now() - workflowInfo().startTime.getTime();
  return new Date(Date.parse(nominalTime) + elapsed).toISOString();
}

/** Has what lacks asked for by runs of its own, and waits for them. What a run cannot bring is no failure of this one. */
export async function askForGaps(context: RunContext<RepairRequest>): Promise<Round> {
  const { run, policy, steering } = context;
  const limit = { what: 'asking for what lacks', seconds: policy.timeoutSeconds };
  const at = askedAt(run.request);
  await steering.untilRunning();
  return steering.within(limit, async () => {
    const { before, runs: planned, againId } = await planRepairRound(run, at);
    let done = 0;
    steering.show(() => ({ phase: 'asking for what lacks', batchesDone: done, batches: planned.length }));
    showDetails(`asking for ${before.missing} cells by ${planned.length} runs`);
    const runs = await Promise.all(
      planned.map(async (one) => {
        const error = await broughtBy(one, run.runId);
        done += 1;
        return { workflowId: one.workflowId, error };
      }),
    );
    return { outcome: await assessRepair(run, at, before), runs, againId };
  });
}

/** Waits for a run that asks, started by this one or by somebody else; what it ended with, null where all is well. */
async function broughtBy(following: FollowingRun, parentRunId: string): Promise<string | null> {
  try {
    const child = await startFollowing(following, parentRunId, repair);
    if (child === null) {
      await untilEnded(following.workflowId);
      return null;
    }
    return complaintOf(await child.result());
  } catch (error) {
    if (isToEnd(error) || !(error instanceof ChildWorkflowFailure)) throw error;
    return error.cause?.message ?? error.message;
  }
}

function complaintOf(summary: object): string | null {
  if (!('failed' in summary) || typeof summary.failed !== 'number' || summary.failed === 0) return null;
  return `${summary.failed} symbols failed`;
}

const longestPauseMs = 60_000;

/** Nobody can wait for what another has started but by asking. */
async function untilEnded(workflowId: string): Promise<void> {
  for (let pauseMs = 1_000; await isUnderWay(workflowId); pauseMs = Math.min(2 * pauseMs, longestPauseMs))
    await sleep(pauseMs, { summary: `waits for ${workflowId}` });
}
