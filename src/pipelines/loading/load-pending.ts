import { inLanes } from '../../domain/in-lanes.ts';
import { passingErrorKinds } from '../../domain/provider-errors.ts';
import type { SourceName } from '../../domain/source.ts';
import type { Database, Store } from '../../store/database.ts';
import {
  failedRequests,
  pendingRequests,
  type MarketDayRequest,
  type SeriesRequest,
  type WaveKey,
} from '../../store/load-requests.ts';
import { startLoads } from '../../store/load-runs.ts';
import { noteWait } from '../../store/open-runs.ts';
import { addRunEvents } from '../../store/run-events.ts';
import type { Source } from '../sources/sources.ts';
import { Asking, type AskingDeps } from './asking.ts';
import { createBatchWriter } from './batch-writer.ts';
import { loadMarketDays } from './load-market-days.ts';
import { loadSeries, type OpenBatch } from './load-series.ts';

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

interface Pending {
  readonly series: readonly SeriesRequest[];
  readonly marketDays: readonly MarketDayRequest[];
}

/** Makes the requests still pending of one batch and writes what they bring, what came before a cancellation as well. */
export async function loadPending(
  { store, ...deps }: AskingDeps & { readonly store: Store },
  { source, ...key }: BatchKey,
): Promise<BatchOutcome> {
  const { runId } = key;
  const pending = await pendingRequests(store.db, key);
  const writer = createBatchWriter(store, { source, runId });
  const asking = new Asking(deps);
  try {
    await askAll({ store, runId, asking, writer, source: deps.source }, pending);
  } finally {
    await writer.flush();
  }
  await sayWhatHolds(store.db, runId, asking);
  const failed = await failedRequests(store.db, key, passingErrorKinds);
  return { resumeInMs: asking.resumeInMs, failed };
}

async function askAll(
  { source, ...batch }: OpenBatch & { readonly source: Source },
  { series, marketDays }: Pending,
): Promise<void> {
  const loadIds = series.map(({ loadId }) => loadId);
  await startLoads(batch.store.db, loadIds);
  await inLanes(series, concurrency, (request) => loadSeries({ ...batch, provider: source.series }, request));
  if (source.wholeMarket !== null && marketDays.length > 0)
    await loadMarketDays({ ...batch, market: source.wholeMarket }, marketDays);
}

/** What keeps a run from asking: a refusal, or a slot that is far off. */
async function sayWhatHolds(db: Database, runId: string, { refusal, resumeInMs }: Asking): Promise<void> {
  if (refusal !== null) await addRunEvents(db, runId, [refusal]);
  else if (resumeInMs !== null)
    await noteWait(db, runId, `waits for its turn at the provider: ${Math.round(resumeInMs / 1000)} s`);
}
