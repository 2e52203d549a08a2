import { barsOf } from '../../domain/bar-columns.ts';
import { sameBar, type DailyBar } from '../../domain/bar.ts';
import { ProviderError } from '../../domain/provider-errors.ts';
import type { Caller, RequestOptions, SeriesProvider } from '../../providers/provider.ts';
import { sampleMarketDayBars, type SampledBar } from '../../store/cross-check.ts';
import type { Store } from '../../store/database.ts';
import { addRunEvents, type RunEvent } from '../../store/run-events.ts';
import { countRequests, readRunSessions, runBegan } from '../../store/runs.ts';
import { unlessTaken } from '../sharing/in-turn.ts';
import { attempt } from '../sources/attempt.ts';
import { BudgetFar } from '../sources/budget-far.ts';
import { spentEvent } from '../sources/halt-event.ts';

/** Cells a night that are asked through the other endpoint. */
const sampleSize = 50;

export interface CompareDeps extends Caller {
  readonly store: Store;
  readonly provider: SeriesProvider;
}

/**
 * Asks a sample of what whole-market answers brought once more per symbol; what differs goes to the run's events. Of runs
 * that go on beside each other one does.
 */
export async function compareEndpoints(deps: CompareDeps, runId: string): Promise<void> {
  const { store, provider, signal, lane } = deps;
  const name = `the comparison of the endpoints of ${provider.name}`;
  const since = await runBegan(store.db, runId);
  const wanted = { name, holder: runId, since, signal, lane };
  const compared = await unlessTaken(store.db, wanted, () => compareSample(deps, runId));
  if (compared !== null) return;
  const message = 'a run beside this one compares a sample between the endpoints';
  await addRunEvents(store.db, runId, [{ level: 'info', message }]);
}

async function compareSample({ store, provider, signal, lane }: CompareDeps, runId: string): Promise<true> {
  const { sessions } = await readRunSessions(store.db, runId);
  const sample = { source: provider.name, sessions, runId, count: sampleSize };
  const cells = await sampleMarketDayBars(store.db, sample);
  let requests = 0;
  const options = { signal, lane, onRequest: () => (requests += 1) };
  const events: RunEvent[] = [];
  let compared = 0;
  try {
    for (const cell of cells) {
      const event = await compare(provider, cell, options);
      if (event !== null) events.push(event);
      compared += 1;
    }
  } catch (error) {
    // A sample is not worth another day's requests.
    if (!(error instanceof BudgetFar) || error.because !== 'spent') throw error;
    events.push(spentEvent(provider.name, error.resumeInMs));
  }
  await countRequests(store.db, runId, { requests });
  const message = `${compared} cells compared between the endpoints, ${events.length} of them differ or failed`;
  await addRunEvents(store.db, runId, [...events, { level: 'info', message }]);
  return true;
}

async function compare(
  provider: SeriesProvider,
  { symbol, bar }: SampledBar,
  options: RequestOptions,
): Promise<RunEvent | null> {
  const wish = { interval: '1d', range: { from: bar.session, to: bar.session } } as const;
  const answer = await attempt(() => provider.series(symbol, wish, options));
  if (answer instanceof ProviderError) {
    const message = `could not be compared: ${answer.message}`;
    return { level: 'warn', symbol, message, data: { kind: answer.name } };
  }
  const [other = null] = barsOf(answer.bars);
  return other !== null && sameBar(bar, other) ? null : difference(symbol, bar, other);
}

function difference(symbol: string, marketDay: DailyBar, series: DailyBar | null): RunEvent {
  const message = `the per-symbol and the whole-market answer for ${marketDay.session} differ`;
  return { level: 'warn', symbol, message, data: { kind: 'EndpointsDiffer', marketDay, series } };
}
