import { sourcesWith } from '../src/domain/source.ts';
import { syncSymbolHistory as flow } from '../src/flows/side-flows.ts';
import type { HistoryRequest } from '../src/runs/side-requests.ts';
import type { HistoryOutcome, PutRight } from '../activities/reference.ts';
import { finishSideRun, historySeconds, learnHistoryOf } from './activity-proxies.ts';
import { showDetails } from './details.ts';
import { endsOnErrors } from './ends-on-errors.ts';
import { overDays } from './over-days.ts';
import { completed } from './run-end.ts';
import { conductRun, type FlowWorkflow, type RunContext } from './run-lifecycle.ts';

/** Finds out who bore which ticker when, by every source that tells of past days, or by the one that is wished. */
export const syncSymbolHistory: FlowWorkflow<HistoryOutcome & PutRight> = endsOnErrors((...args) =>
  conductRun(flow, args, async ({ run, steering }: RunContext<HistoryRequest>) => {
    const { source: wished } = run.request;
    const sources = wished === null ? sourcesWith(({ pastListsFrom }) => pastListsFrom !== null) : [wished];
    const outcome = { instruments: 0, terms: 0, changed: 0, unclear: 0, moved: 0, merged: 0 };
    for (const [done, source] of sources.entries()) {
      const what = `reading the lists of past days of ${source}`;
      steering.show(() => ({ phase: what, batchesDone: done, batches: sources.length }));
      const found = await overDays(steering, { what, seconds: historySeconds }, () =>
        learnHistoryOf(source, run.runId),
      );
      outcome.instruments += found.instruments;
      outcome.terms += found.terms;
      outcome.changed += found.changed;
      outcome.unclear += found.unclear;
      outcome.moved += found.moved;
      outcome.merged += found.merged;
    }
    await completed(steering, () => finishSideRun(run.runId, outcome));
    showDetails(
      `done: ${outcome.terms} terms of ${outcome.instruments} instruments, ${outcome.unclear} unclear`,
    );
    return outcome;
  }),
);
