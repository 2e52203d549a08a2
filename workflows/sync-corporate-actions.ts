import { sleep } from '@temporalio/workflow';
import type { IngestionRun } from '../src/runs/ingestion-request.ts';
import { checkedArguments } from '../src/flows/input.ts';
import { actionsWish } from '../src/flows/other-workflows.ts';
import { pacedActivities } from './activity-proxies.ts';
import { showDetails } from './details.ts';
import { endsOnErrors } from './ends-on-errors.ts';
import { inputOrFailure } from './run-asked.ts';
import { startRefetches } from './refetch-series.ts';
import { inWords } from './run-wait.ts';

interface ActionsSynced {
  /** Runs that fetch again what splits have made stale. */
  readonly refetches: number;
}

/** What one piece of reading may take: it hands back when it has to wait. */
const seconds = 600;

/**
 * Brings splits and dividends up to date, those announced for the next days included, beside the run whose bars they
 * are for: a first time is hundreds of pages, and no summary should wait for them.
 */
export const syncCorporateActions = endsOnErrors(async (...args: unknown[]): Promise<ActionsSynced> => {
  const run = inputOrFailure(() => runOfActions(args));
  const { planActions, readActionPages, judgeActionRecords } = pacedActivities(seconds);
  const begin = await planActions(run);
  let [cursor, complete] = [begin, true];
  while (cursor !== null) {
    const read = await readActionPages(run, cursor);
    if (read.resumeInMs !== null) {
      const summary = `waits ${inWords(read.resumeInMs)} for a slot of ${run.request.source}'s budget`;
      await sleep(read.resumeInMs, { summary });
    }
    if (read.failed !== null) complete = false;
    cursor = read.cursor;
  }
  const refetches = await judgeActionRecords(run, { range: begin?.range ?? null, complete });
  await startRefetches(refetches);
  showDetails(`done; runs to fetch series again after a split: ${refetches.length}`);
  return { refetches: refetches.length };
});

function runOfActions(args: readonly unknown[]): IngestionRun {
  const name = 'syncCorporateActions';
  const run: unknown = checkedArguments(name, actionsWish, args);
  // The rest of its request is not asked for here.
  return run as IngestionRun;
}
