import { barsOf } from '../../domain/bar-columns.ts';
import { sameBar, type DailyBar } from '../../domain/bar.ts';
import { ProviderError, RateLimited, Unauthorized } from '../../domain/provider-errors.ts';
import type { Caller, SeriesProvider } from '../../providers/provider.ts';
import {
  countComparisons,
  noteComparison,
  sampleMarketDayBars,
  type ComparisonOutcome,
  type SampledBar,
} from '../../store/cross-check.ts';
import type { Store } from '../../store/database.ts';
import { addRunEvents, type RunEvent } from '../../store/run-events.ts';
import { readRunSessions, runBegan } from '../../store/runs.ts';
import { transaction } from '../../store/transaction.ts';
import { answerFailure, failsForGood } from '../containment/lasting-cause.ts';
import { unlessTaken } from '../sharing/in-turn.ts';
import { loadErrorOf } from '../sources/attempt.ts';
import { BudgetFar } from '../sources/budget-far.ts';
import { inquire } from '../sources/inquiry.ts';

/** Cells a night that are asked through the other endpoint. */
const sampleSize = 50;
/** A provider that refuses so often is left alone: the rest of the sample is not worth it. */
const mostRefusals = 3;

export interface CompareDeps extends Caller {
  readonly store: Store;
  readonly provider: SeriesProvider;
}

/**
 * Asks a sample of what whole-market answers brought once more per symbol; what differs goes to the run's events. What
 * came of each is kept at once: begun again it goes on after them. Of runs that go on beside each other one does.
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

async function compareSample(deps: CompareDeps, runId: string): Promise<true> {
  const { store, provider } = deps;
  const { sessions } = await readRunSessions(store.db, runId);
  const sample = { source: provider.name, sessions, runId, count: sampleSize };
  let refusals = 0;
  try {
    for (const cell of await sampleMarketDayBars(store.db, sample)) {
      if (await compareKept(deps, runId, cell)) refusals += 1;
      if (refusals >= mostRefusals) break;
    }
  } catch (error) {
    // A sample is not worth another day's requests; the run has been told.
    if (!(error instanceof BudgetFar) || error.because !== 'spent') throw error;
  }
  const { compared, troubled } = await countComparisons(store.db, runId);
  const message = `${compared} cells compared between the endpoints, ${troubled} of them differ or failed`;
  await addRunEvents(store.db, runId, [{ level: 'info', message }]);
  return true;
}

/** Returns whether the provider refuses whatever is asked. */
async function compareKept(deps: CompareDeps, runId: string, cell: SampledBar): Promise<boolean> {
  const { outcome, event, isRefused = false } = await compare(deps, runId, cell);
  await transaction(deps.store, async (tx) => {
    const isNew = await noteComparison(tx, runId, cell, outcome);
    if (isNew && event !== null) await addRunEvents(tx, runId, [event]);
  });
  return isRefused;
}

interface Compared {
  readonly outcome: ComparisonOutcome;
  readonly event: RunEvent | null;
  readonly isRefused?: boolean;
}

async function compare(
  { store: { db }, provider, signal, lane }: CompareDeps,
  runId: string,
  { symbol, bar }: SampledBar,
): Promise<Compared> {
  const wish = { interval: '1d', range: { from: bar.session, to: bar.session } } as const;
  const inquiry = { db, source: provider.name, runId, counts: 'requests', signal, lane } as const;
  try {
    const answer = await inquire(inquiry, (options) => provider.series(symbol, wish, options));
    if (answer instanceof ProviderError) {
      const isRefused = answer instanceof RateLimited || answer instanceof Unauthorized;
      return { ...failed(symbol, loadErrorOf(answer)), isRefused };
    }
    const [other = null] = barsOf(answer.bars);
    if (other !== null && sameBar(bar, other)) return { outcome: 'same', event: null };
    return { outcome: 'differs', event: difference(symbol, bar, other) };
  } catch (error) {
    // An answer that reading stumbles over says nothing of the others.
    if (!failsForGood(error)) throw error;
    return failed(symbol, answerFailure(error));
  }
}

function failed(
  symbol: string,
  { kind, message }: { readonly kind: string; readonly message: string },
): Compared {
  const event: RunEvent = {
    level: 'warn',
    symbol,
    message: `could not be compared: ${message}`,
    data: { kind },
  };
  return { outcome: 'failed', event };
}

function difference(symbol: string, marketDay: DailyBar, series: DailyBar | null): RunEvent {
  const message = `the per-symbol and the whole-market answer for ${marketDay.session} differ`;
  return { level: 'warn', symbol, message, data: { kind: 'EndpointsDiffer', marketDay, series } };
}
