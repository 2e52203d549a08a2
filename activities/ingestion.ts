import { ProviderError, Unauthorized } from '../src/providers/errors.ts';
import type { BarProvider } from '../src/providers/provider.ts';
import type { Store } from '../src/store/database.ts';
import {
  marketDayLoads,
  pendingRequests,
  type MarketDayRequest,
  type SeriesRequest,
} from '../src/store/load-requests.ts';
import { startLoads } from '../src/store/load-runs.ts';
import { createBatchWriter, type BatchWriter } from './batch-writer.ts';
import { attempt } from './failures.ts';
import { withHeartbeats } from './heartbeats.ts';
import { marketDayLoaded, requestFailed, seriesLoaded, type Loaded } from './load-outcomes.ts';

export interface IngestionDeps {
  readonly store: Store;
  readonly provider: BarProvider;
}

/** Requests of one batch under way at once; the pacer decides when each is sent. */
const concurrency = 8;

export function createIngestionActivities({ store, provider }: IngestionDeps) {
  const source = provider.name;

  return {
    /**
     * Makes the requests still pending of one batch and writes what they bring. A symbol's failure is recorded, never
     * thrown; safe to run again: what was written is no longer pending.
     */
    async loadBatch(runId: string, batch: number): Promise<void> {
      const { series, marketDays } = await pendingRequests(store.db, runId, batch);
      const writer = createBatchWriter(store, { source, runId });
      await withHeartbeats(async (signal) => {
        const ask = refusingAfterUnauthorized(signal);
        await startLoads(
          store.db,
          series.map(({ loadId }) => loadId),
        );
        await inParallel(series, (request) => loadSeries(request, ask, writer));
        if (marketDays.length > 0) await loadMarketDays(runId, marketDays, ask, writer);
        await writer.flush();
      });
    },
  };

  type Ask = <T>(
    send: (options: { signal: AbortSignal; onRequest: () => void }) => Promise<T>,
  ) => Promise<Asked<T>>;
  interface Asked<T> {
    readonly answer: T | ProviderError;
    readonly requests: number;
  }

  /** A key that was refused once is not tried again within the batch. */
  function refusingAfterUnauthorized(signal: AbortSignal): Ask {
    let refusal: Unauthorized | null = null;
    return async (send) => {
      if (refusal !== null) return { answer: refusal, requests: 0 };
      let requests = 0;
      const answer = await attempt(() => send({ signal, onRequest: () => (requests += 1) }));
      if (answer instanceof Unauthorized) refusal = answer;
      return { answer, requests };
    };
  }

  async function loadSeries(request: SeriesRequest, ask: Ask, writer: BatchWriter): Promise<void> {
    const { answer, requests } = await ask((options) =>
      provider.dailyBars(request.symbol, request.range, options),
    );
    const failed = answer instanceof ProviderError;
    await writer.add(
      failed ? requestFailed(request, answer, requests) : seriesLoaded(source, request, answer),
    );
  }

  async function loadMarketDays(
    runId: string,
    requests: readonly MarketDayRequest[],
    ask: Ask,
    writer: BatchWriter,
  ): Promise<void> {
    const loads = await marketDayLoads(store.db, runId);
    await startLoads(
      store.db,
      loads.map(({ loadId }) => loadId),
    );
    const bySymbol = new Map(loads.map((load) => [load.symbol, load]));
    for (const request of requests) await writer.add(await loadMarketDay(request, ask, bySymbol));
  }

  async function loadMarketDay(
    request: MarketDayRequest,
    ask: Ask,
    loads: Parameters<typeof marketDayLoaded>[2]['loads'],
  ): Promise<Loaded> {
    const { answer, requests } = await ask((options) => provider.marketDay(request.session, options));
    if (answer instanceof ProviderError) return requestFailed(request, answer, requests);
    return marketDayLoaded(source, request, { answer, loads });
  }
}

export type IngestionActivities = ReturnType<typeof createIngestionActivities>;

/** Runs `work` over the items, a few at a time. After an error no further item begins; it is thrown once all have ended. */
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const lanes = Array.from({ length: Math.min(concurrency, items.length) }, async () => {
    try {
      for (const item of queue) await work(item);
    } finally {
      queue.return?.();
    }
  });
  const failed = (await Promise.allSettled(lanes)).find((lane) => lane.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
