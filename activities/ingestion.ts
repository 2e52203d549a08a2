import { Context } from '@temporalio/activity';
import { inLanes } from '../src/domain/in-lanes.ts';
import {
  passingErrorKinds,
  ProviderError,
  RateLimited,
  Unauthorized,
} from '../src/domain/provider-errors.ts';
import type { RequestOptions, SeriesAnswer, WholeMarket } from '../src/providers/provider.ts';
import type { Store } from '../src/store/database.ts';
import { activeAmong } from '../src/store/instruments.ts';
import {
  failedRequests,
  marketDayLoads,
  pendingRequests,
  type MarketDayRequest,
  type SeriesRequest,
  type WaveKey,
} from '../src/store/load-requests.ts';
import { startLoads } from '../src/store/load-runs.ts';
import { addRunEvents, type RunEvent } from '../src/store/run-events.ts';
import { readRunSessions } from '../src/store/runs.ts';
import { createBatchWriter, type BatchWriter } from '../src/pipelines/loading/batch-writer.ts';
import { attempt } from '../src/pipelines/sources/attempt.ts';
import { marketDayLoaded, requestFailed, seriesLoaded } from '../src/pipelines/loading/load-outcomes.ts';
import { BudgetFar } from '../src/pipelines/sources/provider-budget.ts';
import { rebaseSeries, type Rebased } from '../src/pipelines/loading/rebase-series.ts';
import { learnActions, type ActionOrigin } from '../src/pipelines/actions/reconcile.ts';
import { createRefusals, type Refusals } from '../src/pipelines/sources/refusals.ts';
import type { Source, Sources } from '../src/pipelines/sources/sources.ts';
import type { SourceName } from '../src/domain/source.ts';

export interface IngestionDeps {
  readonly store: Store;
  readonly sources: Sources;
  /** A batch waits for a slot itself when it is nearer than that; a worker's place is not held for longer. */
  readonly patienceMs?: number;
}

/** Requests of one batch under way at once; the budget decides when each is sent. */
const concurrency = 8;

export interface BatchKey extends WaveKey {
  readonly batch: number;
  readonly source: SourceName;
}

export interface BatchOutcome {
  /** Null: all is asked. Else the provider's next free slot is that far off, and the batch has to be taken up again. */
  readonly resumeInMs: number | null;
  /** Requests of it that have failed for a passing cause. */
  readonly failed: number;
}

/** Symbols without which no whole-market answer of their time is whole. */
const everyDaySymbols = ['SPY', 'AAPL'];

export function createIngestionActivities(deps: IngestionDeps) {
  const { store, sources, patienceMs = 60_000 } = deps;
  const refusals = createRefusals();

  return {
    /**
     * Makes the requests still pending of one batch and writes what they bring. A symbol's failure is recorded, never
     * thrown; safe to run again: what was written is no longer pending.
     */
    async loadBatch({ runId, source: name, ...key }: BatchKey): Promise<BatchOutcome> {
      const source = sources[name];
      const { series, marketDays } = await pendingRequests(store.db, { runId, ...key });
      const writer = createBatchWriter(store, { source: name, runId });
      const { cancellationSignal: signal } = Context.current();
      const batch = new Asking({ source, patienceMs, signal, refusals });
      try {
        await startLoads(
          store.db,
          series.map(({ loadId }) => loadId),
        );
        await inLanes(series, concurrency, (request) =>
          loadSeries({ runId, source }, request, batch, writer),
        );
        if (source.wholeMarket !== null && marketDays.length > 0)
          await loadMarketDays({ runId, market: source.wholeMarket }, marketDays, batch, writer);
      } finally {
        // What came before a cancellation is kept.
        await writer.flush();
      }
      if (batch.refusal !== null) await addRunEvents(store.db, runId, [batch.refusal]);
      const failed = await failedRequests(store.db, { runId, ...key }, passingErrorKinds);
      return { resumeInMs: batch.resumeInMs, failed };
    },
  };

  async function loadSeries(
    { runId, source: { series: provider } }: { readonly runId: string; readonly source: Source },
    request: SeriesRequest,
    batch: Asking,
    writer: BatchWriter,
  ): Promise<void> {
    const { symbol, interval, range, currency } = request;
    const wish = { interval, range, ...(currency === null ? {} : { currency }) };
    const asked = await batch.ask((options) => provider.series(symbol, wish, options));
    if (asked === null) return;
    const { answer, requests } = asked;
    if (answer instanceof ProviderError) {
      await writer.add(requestFailed(request, answer, requests));
      return;
    }
    const origin = { source: provider.name, runId };
    const rebased = await understand(origin, request, answer);
    await writer.add(seriesLoaded(provider.name, request, answer, rebased));
  }

  /** What came along with the bars is learnt first: it says what they mean. */
  async function understand(
    origin: ActionOrigin,
    asked: SeriesRequest,
    answer: SeriesAnswer,
  ): Promise<Rebased | null> {
    const { splitBasis, actions = [], observedAt } = answer;
    if (splitBasis === undefined) return null;
    const incoming = actions.map((action) => ({ ...action, instrumentId: asked.instrumentId, observedAt }));
    await learnActions(store, origin, incoming);
    return rebaseSeries(store.db, { source: origin.source, asked }, { ...answer, splitBasis });
  }

  async function loadMarketDays(
    { runId, market }: { readonly runId: string; readonly market: WholeMarket },
    requests: readonly MarketDayRequest[],
    batch: Asking,
    writer: BatchWriter,
  ): Promise<void> {
    const loads = await marketDayLoads(store.db, runId);
    const bySymbol = new Map(loads.map((load) => [load.symbol, load]));
    const witnesses = await activeAmong(store.db, everyDaySymbols);
    const isAll = (await readRunSessions(store.db, runId)).sessions.length === 1;
    for (const request of requests) {
      const asked = await batch.ask((options) => market.marketDay(request.session, options));
      if (asked === null) return;
      const { answer, requests: made } = asked;
      if (answer instanceof ProviderError) {
        await writer.add(requestFailed(request, answer, made));
        continue;
      }
      await writer.add(marketDayLoaded(market.name, request, answer, { loads: bySymbol, witnesses, isAll }));
    }
  }
}

interface AskingDeps {
  readonly source: Source;
  readonly patienceMs: number;
  readonly signal: AbortSignal;
  readonly refusals: Refusals;
}

/** The requests of one batch: what one of them learns of the provider holds for the others. */
class Asking {
  /** Set once the next free slot is too far off. */
  resumeInMs: number | null = null;
  /** What to tell of a source that refuses everybody. */
  refusal: RunEvent | null = null;
  private readonly deps: AskingDeps;
  /** A key that was refused once is not tried again. */
  private keyRefused: Unauthorized | null = null;

  constructor(deps: AskingDeps) {
    this.deps = deps;
  }

  /** Sends a request; null when it was not sent, or refused, and the batch has to be taken up again later. */
  async ask<T>(
    send: (options: RequestOptions) => Promise<T>,
  ): Promise<{ readonly answer: T | ProviderError; readonly requests: number } | null> {
    if (this.keyRefused !== null) return { answer: this.keyRefused, requests: 0 };
    if (this.resumeInMs !== null) return null;
    const { source, signal, patienceMs, refusals } = this.deps;
    let requests = 0;
    try {
      const onRequest = () => (requests += 1);
      const answer = await attempt(() => send({ signal, onRequest, patienceMs }));
      if (answer instanceof Unauthorized) this.keyRefused = answer;
      if (answer instanceof RateLimited) return await this.refused(answer, requests);
      if (!(answer instanceof ProviderError)) refusals.answered(source);
      return { answer, requests };
    } catch (error) {
      if (!(error instanceof BudgetFar)) throw error;
      this.resumeInMs = error.resumeInMs;
      return null;
    }
  }

  private async refused(answer: RateLimited, requests: number) {
    const { source, refusals } = this.deps;
    const waitMs = await refusals.refused(source, answer);
    if (waitMs === null) return { answer, requests };
    this.resumeInMs = Math.max(this.resumeInMs ?? 0, waitMs);
    const message = `${source.series.name} refuses for too many requests: nothing is asked for ${Math.round(waitMs / 1000)} s`;
    this.refusal = { level: 'warn', message };
    return null;
  }
}

export type IngestionActivities = ReturnType<typeof createIngestionActivities>;
