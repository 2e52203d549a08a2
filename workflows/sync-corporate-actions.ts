import { ApplicationFailure, sleep } from '@temporalio/workflow';
import { syncCorporateActions as flow } from '../src/flows/side-flows.ts';
import type { RunFailure } from '../src/domain/load-error.ts';
import type { ActionsRequest } from '../src/runs/side-requests.ts';
import type { ActionCursor } from '../activities/actions.ts';
import { finishSideRun, pacedActivities } from './activity-proxies.ts';
import { showDetails } from './details.ts';
import { endsOnErrors } from './ends-on-errors.ts';
import { newSplit, startRuns } from './start-runs.ts';
import { completed } from './run-end.ts';
import { conductRun, type FlowWorkflow, type RunContext } from './run-lifecycle.ts';
import { inWords } from './run-wait.ts';

interface ActionsSynced {
  /** Runs that fetch again what splits have made stale. */
  readonly refetches: number;
}

/** What one piece of reading may take: it hands back when it has to wait. */
const seconds = 600;

/**
 * Brings splits and dividends up to date, those announced for the next days included, beside the run whose bars they
 * are for: a first time is hundreds of pages, and no summary should wait for them. What was read is judged also where
 * the rest cannot be, for which the run then fails.
 */
export const syncCorporateActions: FlowWorkflow<ActionsSynced> = endsOnErrors((...args) =>
  conductRun(flow, args, async (context: RunContext<ActionsRequest>) => {
    const { run, steering } = context;
    const limit = { what: 'bringing corporate actions up to date', seconds: flow.policy.timeoutSeconds };
    const reading: Reading = { failed: null };
    const refetches = await steering.carryOut(limit, () => sync(context, reading));
    const { failed } = reading;
    steering.takeOrders('cancellation');
    if (failed !== null) throw ApplicationFailure.nonRetryable(failed.message, failed.kind);
    const summary = { refetches };
    await completed(steering, () => finishSideRun(run.runId, summary));
    showDetails(`done; runs to fetch series again after a split: ${refetches}`);
    return summary;
  }),
);

/** How far it is: a pause does not undo what was read. */
interface Reading {
  begin?: ActionCursor | null;
  cursor?: ActionCursor | null;
  failed: RunFailure | null;
}

async function sync({ run, steering }: RunContext<ActionsRequest>, reading: Reading): Promise<number> {
  const { planActions, readActionPages, judgeActionRecords } = pacedActivities(seconds);
  reading.begin ??= reading.cursor = await planActions(run);
  while (reading.cursor != null) {
    const { cursor } = reading;
    const { list, pages } = cursor;
    steering.show(() => ({ phase: `reading ${list}`, batchesDone: pages, batches: 0 }));
    const read = await readActionPages(run, cursor);
    if (read.resumeInMs !== null) {
      const summary = `waits ${inWords(read.resumeInMs)} for a slot of ${run.request.source}'s budget`;
      const { resumeInMs, spent = false } = read;
      const waiting = () => sleep(resumeInMs, { summary });
      await (spent ? steering.standStill(waiting) : waiting());
    }
    reading.failed ??= read.failed;
    reading.cursor = read.cursor;
  }
  const range = reading.begin?.range ?? null;
  const dividends = reading.begin?.dividends ?? null;
  const read = { range, dividends, complete: reading.failed === null };
  const refetches = await judgeActionRecords(run, read);
  await startRuns(refetches, run.runId, newSplit);
  return refetches.length;
}
