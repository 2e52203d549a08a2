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
import { Claims } from './claims.ts';
import { loadMarketDays } from './load-market-days.ts';
import { loadSeries } from './load-series.ts';
import type { OpenBatch } from './open-batch.ts';

/** Requests of one batch under way at once; the budget decides when each is sent. */
const concurrency = 8;

export interface BatchKey extends WaveKey {
  readonly batch: number;
  readonly source: SourceName;
}

export interface BatchOutcome {
  /** Null: all is asked. Else the provider's next free slot is that far off, and the batch has to be taken up again. */
  readonly resumeInMs: number | null;
  /** It is that far off because the requests of the provider's day are spent. */
  readonly spent?: boolean;
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
  const claims = new Claims(store.db, deps.lane, idsOf(pending));
  try {
    await askAll({ store, runId, asking, claims, writer, source: deps.source }, pending);
  } finally {
    await Promise.all([writer.flush(), claims.release()]);
  }
  await asking.clock.tell(store.db, runId);
  await sayWhatHolds(store.db, runId, asking);
  const failed = await failedRequests(store.db, key, passingErrorKinds);
  return { resumeInMs: asking.resumeInMs, failed, ...(asking.spent ? { spent: true } : {}) };
}

function idsOf({ series, marketDays }: Pending): readonly number[] {
  return [...series, ...marketDays].map(({ id }) => id);
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

/** What keeps a run from asking: a refusal, a day whose requests are spent, or a slot that is far off. */
async function sayWhatHolds(db: Database, runId: string, { halt, resumeInMs }: Asking): Promise<void> {
  if (halt !== null) await addRunEvents(db, runId, [halt]);
  else if (resumeInMs !== null)
    await noteWait(db, runId, `waits for its turn at the provider: ${Math.round(resumeInMs / 1000)} s`);
}
