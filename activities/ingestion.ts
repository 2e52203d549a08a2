import { ProviderError, RateLimited, Unauthorized } from '../src/providers/errors.ts';
import type { BarProvider, RequestOptions } from '../src/providers/provider.ts';
import type { Store } from '../src/store/database.ts';
import { activeAmong } from '../src/store/instruments.ts';
import {
  marketDayLoads,
  pendingRequests,
  type MarketDayRequest,
  type SeriesRequest,
  type WaveKey,
} from '../src/store/load-requests.ts';
import { startLoads } from '../src/store/load-runs.ts';
import { createBatchWriter, type BatchWriter } from './batch-writer.ts';
import { attempt } from './failures.ts';
import { withHeartbeats } from './heartbeats.ts';
import { marketDayLoaded, requestFailed, seriesLoaded } from './load-outcomes.ts';
import { BudgetFar, type ProviderBudget } from './provider-budget.ts';

export interface IngestionDeps {
  readonly store: Store;
  readonly provider: BarProvider;
  readonly budget: ProviderBudget;
  /** A batch waits for a slot itself when it is nearer than that; a worker's place is not held for longer. */
  readonly patienceMs?: number;
}

/** Requests of one batch under way at once; the budget decides when each is sent. */
const concurrency = 8;

export interface BatchKey extends WaveKey {
  readonly batch: number;
}

export interface BatchOutcome {
  /** Null: all is asked. Else the provider's next free slot is that far off, and the batch has to be taken up again. */
  readonly resumeInMs: number | null;
}

/** Symbols without which no whole-market answer of their time is whole. */
const everyDaySymbols = ['SPY', 'AAPL'];

export function createIngestionActivities(deps: IngestionDeps) {
  const { store, provider, budget, patienceMs = 60_000 } = deps;
  const source = provider.name;

  return {
    /**
     * Makes the requests still pending of one batch and writes what they bring. A symbol's failure is recorded, never
     * thrown; safe to run again: what was written is no longer pending.
     */
    async loadBatch({ runId, ...key }: BatchKey): Promise<BatchOutcome> {
      const { series, marketDays } = await pendingRequests(store.db, { runId, ...key });
      const writer = createBatchWriter(store, { source, runId });
      return withHeartbeats(async (signal) => {
        const batch = new Asking(budget, patienceMs, signal);
        try {
          await startLoads(
            store.db,
            series.map(({ loadId }) => loadId),
          );
          await inParallel(series, (request) => loadSeries(request, batch, writer));
          if (marketDays.length > 0) await loadMarketDays(runId, marketDays, batch, writer);
        } finally {
          // What came before a cancellation is kept.
          await writer.flush();
        }
        return { resumeInMs: batch.resumeInMs };
      });
    },
  };

  async function loadSeries(request: SeriesRequest, batch: Asking, writer: BatchWriter): Promise<void> {
    const asked = await batch.ask((options) => provider.dailyBars(request.symbol, request.range, options));
    if (asked === null) return;
    const { answer, requests } = asked;
    const failed = answer instanceof ProviderError;
    await writer.add(
      failed ? requestFailed(request, answer, requests) : seriesLoaded(source, request, answer),
    );
  }

  async function loadMarketDays(
    runId: string,
    requests: readonly MarketDayRequest[],
    batch: Asking,
    writer: BatchWriter,
  ): Promise<void> {
    const loads = await marketDayLoads(store.db, runId);
    const bySymbol = new Map(loads.map((load) => [load.symbol, load]));
    const witnesses = await activeAmong(store.db, everyDaySymbols);
    for (const request of requests) {
      const asked = await batch.ask((options) => provider.marketDay(request.session, options));
      if (asked === null) return;
      const { answer, requests: made } = asked;
      if (answer instanceof ProviderError) {
        await writer.add(requestFailed(request, answer, made));
        continue;
      }
      await writer.add(marketDayLoaded(source, request, answer, { loads: bySymbol, witnesses }));
    }
  }
}

/** The requests of one batch: what one of them learns of the provider holds for the others. */
class Asking {
  /** Set once the next free slot is too far off. */
  resumeInMs: number | null = null;
  private readonly budget: ProviderBudget;
  private readonly patienceMs: number;
  private readonly signal: AbortSignal;
  /** A key that was refused once is not tried again. */
  private refusal: Unauthorized | null = null;

  constructor(budget: ProviderBudget, patienceMs: number, signal: AbortSignal) {
    this.budget = budget;
    this.patienceMs = patienceMs;
    this.signal = signal;
  }

  /** Sends a request; null when it was not sent and the batch has to be taken up again later. */
  async ask<T>(
    send: (options: RequestOptions) => Promise<T>,
  ): Promise<{ readonly answer: T | ProviderError; readonly requests: number } | null> {
    if (this.refusal !== null) return { answer: this.refusal, requests: 0 };
    if (this.resumeInMs !== null) return null;
    let requests = 0;
    try {
      const onRequest = () => (requests += 1);
      const answer = await attempt(() =>
        send({ signal: this.signal, onRequest, patienceMs: this.patienceMs }),
      );
      if (answer instanceof Unauthorized) this.refusal = answer;
      if (answer instanceof RateLimited) await this.budget.block(answer.retryAfterMs ?? undefined);
      return { answer, requests };
    } catch (error) {
      if (!(error instanceof BudgetFar)) throw error;
      this.resumeInMs = error.resumeInMs;
      return null;
    }
  }
}

export type IngestionActivities = ReturnType<typeof createIngestionActivities>;

/** Runs `work` over the items, a few at a time. After an error no further item begins; it is thrown once all have ended. */
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const lanes = Array.from({ length: Math.min(concurrency, items.length) }, async () => {
    try {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
    } catch (error) {
      queue.length = 0;
      throw error;
    }
  });
  const failed = (await Promise.allSettled(lanes)).find((lane) => lane.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
