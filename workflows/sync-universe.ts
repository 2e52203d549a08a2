import { sourcesWith } from '../src/domain/source.ts';
import { syncUniverse as flow } from '../src/flows/side-flows.ts';
import type { ListsRequest } from '../src/runs/side-requests.ts';
import type { SyncOutcome } from '../activities/reference.ts';
import { finishSideRun, listSeconds, readListOf } from './activity-proxies.ts';
import { showDetails } from './details.ts';
import { endsOnErrors } from './ends-on-errors.ts';
import { overDays } from './over-days.ts';
import { completed } from './run-end.ts';
import { conductRun, type FlowWorkflow, type RunContext } from './run-lifecycle.ts';

/** Reads the lists of instruments of every source that has them, delisted ones included; or those that are wished. */
export const syncUniverse: FlowWorkflow<SyncOutcome> = endsOnErrors((...args) =>
  conductRun(flow, args, async ({ run, steering }: RunContext<ListsRequest>) => {
    const outcome = await readLists(run, steering);
    await completed(steering, () => finishSideRun(run.runId, outcome));
    showDetails(`done: ${outcome.instruments} instruments, ${outcome.added} of them new`);
    return outcome;
  }),
);

async function readLists(
  { runId, request: { source: wished, lists } }: RunContext<ListsRequest>['run'],
  steering: RunContext['steering'],
): Promise<SyncOutcome> {
  const sources = wished === null ? sourcesWith(({ reference }) => reference) : [wished];
  const asked = sources.flatMap((source) => lists.map((list) => ({ source, list })));
  const outcome = { instruments: 0, added: 0, retired: 0 };
  for (const [done, { source, list }] of asked.entries()) {
    const what = `reading the list of ${list} instruments`;
    steering.show(() => ({ phase: what, batchesDone: done, batches: asked.length }));
    const read = await overDays(steering, { what, seconds: listSeconds }, () =>
      readListOf(list, source, runId),
    );
    outcome.instruments += read.instruments;
    outcome.added += read.added;
    outcome.retired += read.retired;
  }
  return outcome;
}
