import { ProviderError } from '../../domain/provider-errors.ts';
import type { SeriesAnswer, SeriesProvider } from '../../providers/provider.ts';
import type { Store } from '../../store/database.ts';
import type { SeriesRequest } from '../../store/load-requests.ts';
import { learnActions } from '../actions/learn-actions.ts';
import type { Asking } from './asking.ts';
import type { BatchWriter } from './batch-writer.ts';
import { hearOut } from './hear-out.ts';
import { requestFailed, seriesLoaded } from './load-outcomes.ts';
import { rebaseSeries, type Rebased } from './rebase-series.ts';

/** One batch under way: how it asks, and where what comes goes. */
export interface OpenBatch {
  readonly store: Store;
  readonly runId: string;
  readonly asking: Asking;
  readonly writer: BatchWriter;
}

/** Asks for one symbol's bars and hands over what came; what was not asked stays pending. */
export async function loadSeries(
  { provider, ...batch }: OpenBatch & { readonly provider: SeriesProvider },
  request: SeriesRequest,
): Promise<void> {
  const { symbol, interval, range, currency } = request;
  const wish = { interval, range, ...(currency === null ? {} : { currency }) };
  const asked = await batch.asking.ask((options) => provider.series(symbol, wish, options));
  if (asked === null) return;
  const { answer, requests } = asked;
  if (answer instanceof ProviderError) {
    await batch.writer.add(requestFailed(request, answer, requests));
    return;
  }
  const weighed = await hearOut({ ...batch, provider }, request, answer);
  const rebased = await understand({ ...batch, provider }, request, weighed.answer);
  await batch.writer.add(seriesLoaded(provider.name, request, weighed, rebased));
}

/** What came along with the bars is learnt first: it says what they mean. */
async function understand(
  { store, runId, provider: { name: source } }: OpenBatch & { readonly provider: SeriesProvider },
  asked: SeriesRequest,
  answer: SeriesAnswer,
): Promise<Rebased | null> {
  const { splitBasis, actions = [], observedAt } = answer;
  if (splitBasis === undefined) return null;
  const incoming = actions.map((action) => ({ ...action, instrumentId: asked.instrumentId, observedAt }));
  await learnActions(store, { source, runId }, incoming);
  return rebaseSeries(store.db, { source, asked }, { ...answer, splitBasis });
}
