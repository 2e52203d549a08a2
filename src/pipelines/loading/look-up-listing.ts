import { ProviderError } from '../../domain/provider-errors.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { SeriesProvider } from '../../providers/provider.ts';
import type { SeriesRequest } from '../../store/load-requests.ts';
import { learnListing } from '../../store/instruments.ts';
import { countRequests } from '../../store/runs.ts';
import type { OpenBatch } from './open-batch.ts';

/**
 * Looks up since when an instrument is listed and keeps it; null where the provider does not say. Whoever is delisted is
 * not asked for: the ticker may be another's by now.
 */
export async function lookUpListing(
  { store, runId, asking, provider }: OpenBatch & { readonly provider: SeriesProvider },
  { instrumentId, symbol, isFormer, active, figi, ownedFrom }: SeriesRequest,
): Promise<SessionDate | null> {
  // What a source says of an old ticker is of who bears it today.
  if (!active || isFormer) return null;
  const asked = await asking.ask((options) => provider.lookUp(symbol, options));
  if (asked === null) return null;
  const { answer, requests } = asked;
  await countRequests(store.db, runId, { lookups: requests });
  if (answer === null || answer instanceof ProviderError || !answer.active) return null;
  if (figi !== null && answer.figi !== null && answer.figi !== figi) return null;
  return answer.listedOn === null
    ? null
    : learnListing(store.db, { id: instrumentId, listedOn: answer.listedOn, ownedFrom });
}
