import type { WatchOutcome } from '../activities/reference.ts';
import { watchSymbols as flow } from '../src/flows/side-flows.ts';
import type { WatchRequest } from '../src/runs/side-requests.ts';
import { finishSideRun, pacedActivities, phaseSeconds } from './activity-proxies.ts';
import { showDetails } from './details.ts';
import { endsOnErrors } from './ends-on-errors.ts';
import { overDays } from './over-days.ts';
import { completed } from './run-end.ts';
import { conductRun, type FlowWorkflow, type RunContext } from './run-lifecycle.ts';

/** Puts symbols on the watchlist, or into the universe whatever their type. */
export const watchSymbols: FlowWorkflow<readonly WatchOutcome[]> = endsOnErrors((...args) =>
  conductRun(flow, args, async ({ run, steering }: RunContext<WatchRequest>) => {
    const { symbols, seconds, source, list } = run.request;
    const limit = { what: `looking up ${symbols.length} symbols`, seconds: phaseSeconds(seconds) };
    const outcomes = await overDays(steering, limit, () =>
      pacedActivities(seconds).lookUpAndWatch(symbols, source, list, run.runId),
    );
    const unknown = outcomes.filter(({ error }) => error !== null).map(({ symbol }) => symbol);
    const summary = { symbols: symbols.length, unknown: unknown.length };
    await completed(steering, () => finishSideRun(run.runId, summary));
    const named = unknown.slice(0, 20).join(', ') || 'none';
    showDetails(`done: ${symbols.length} symbols; not known: ${named}`);
    return outcomes;
  }),
);
