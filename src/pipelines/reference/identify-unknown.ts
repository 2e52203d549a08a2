import { ProviderError, RateLimited, SymbolNotFound, Unauthorized } from '../../domain/provider-errors.ts';
import type { InstrumentReference } from '../../domain/instrument.ts';
import type { Caller, SeriesProvider } from '../../providers/provider.ts';
import type { Store } from '../../store/database.ts';
import { resolveSymbols } from '../../store/instruments.ts';
import { failLoad, identifyLoad, unidentifiedLoads } from '../../store/load-runs.ts';
import { addRunEvents } from '../../store/run-events.ts';
import { countRequests } from '../../store/runs.ts';
import { inTurn } from '../sharing/in-turn.ts';
import { attempt, loadErrorOf } from '../sources/attempt.ts';
import { refusalEvent, tellIfSpent } from '../sources/halt-event.ts';
import { lookUp } from './look-up.ts';
import { saveReference } from './save-reference.ts';

export interface LookUpDeps extends Caller {
  readonly store: Store;
  readonly provider: SeriesProvider;
}

/**
 * Looks up the symbols of a run that the store does not know; what the provider does not know fails its load. A key that
 * was refused once is not tried again. Throws `RateLimited`: what is not looked up by then can be later.
 */
export async function identifyUnknown(deps: LookUpDeps, runId: string): Promise<void> {
  let refused: Unauthorized | null = null;
  for (const load of await unidentifiedLoads(deps.store.db, runId)) {
    const found: Found = refused ?? (await lookUpOnce(deps, runId, load.symbol));
    if (found instanceof Unauthorized) refused = found;
    if (found instanceof RateLimited) {
      await addRunEvents(deps.store.db, runId, [refusalEvent(deps.provider.name, found.waitMs ?? 0)]);
      throw found;
    }
    await settleLoad(deps, { ...load, runId }, found);
  }
}

type Found = InstrumentReference | ProviderError | null;

/** A symbol is looked up by one run at a time, and not when another has meanwhile. */
function lookUpOnce(deps: LookUpDeps, runId: string, symbol: string): Promise<Found> {
  const { store, provider, signal, lane } = deps;
  const name = `the look-up of ${symbol} at ${provider.name}`;
  return inTurn(store.db, { name, holder: runId, since: null, signal, lane }, async () => {
    const known = (await resolveSymbols(store.db, [symbol])).get(symbol);
    return known?.kind === 'found' ? known.instrument : countedLookUp(deps, runId, symbol);
  });
}

async function countedLookUp(
  { store, provider, signal, lane }: LookUpDeps,
  runId: string,
  symbol: string,
): Promise<Found> {
  let lookups = 0;
  const options = { signal, lane, onRequest: () => (lookups += 1) };
  try {
    return await attempt(() => lookUp(provider, symbol, options));
  } catch (error) {
    await tellIfSpent(store.db, { runId, source: provider.name }, error);
    throw error;
  } finally {
    await countRequests(store.db, runId, { lookups });
  }
}

async function settleLoad(
  { store, provider: { name: source } }: LookUpDeps,
  { id, runId, symbol }: { readonly id: number; readonly runId: string; readonly symbol: string },
  found: Found,
): Promise<void> {
  const known = found ?? new SymbolNotFound(symbol);
  if (!(known instanceof ProviderError)) {
    await identifyLoad(store.db, { id, runId }, await saveReference(store, known, source));
    return;
  }
  const cause = loadErrorOf(known);
  await failLoad(store.db, id, cause);
  // That there is no such symbol says the load itself.
  if (known instanceof SymbolNotFound) return;
  const message = `could not be looked up: ${cause.message}`;
  await addRunEvents(store.db, runId, [{ level: 'error', symbol, message, data: cause }]);
}
