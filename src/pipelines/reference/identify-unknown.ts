import { ProviderError, RateLimited, SymbolNotFound, Unauthorized } from '../../domain/provider-errors.ts';
import type { LoadError } from '../../domain/load-error.ts';
import type { InstrumentReference } from '../../domain/instrument.ts';
import type { Caller, SeriesProvider } from '../../providers/provider.ts';
import type { Database, Store } from '../../store/database.ts';
import { resolveSymbols } from '../../store/instruments.ts';
import { failLoad, identifyLoad, unidentifiedLoads } from '../../store/load-runs.ts';
import { addRunEvents } from '../../store/run-events.ts';
import { lastingErrorOf } from '../containment/failing-alone.ts';
import { writeRefusal } from '../containment/lasting-cause.ts';
import { inTurn } from '../sharing/in-turn.ts';
import { loadErrorOf } from '../sources/attempt.ts';
import { inquire } from '../sources/inquiry.ts';
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
  const { store, provider } = deps;
  let refused: Unauthorized | null = null;
  for (const load of await unidentifiedLoads(store.db, runId)) {
    const found: Found = refused ?? (await lookUpOnce(deps, runId, load.symbol));
    if (found instanceof Unauthorized) refused = found;
    if (found instanceof RateLimited) throw found;
    const error = await lastingErrorOf(() => settleLoad({ store, provider }, { ...load, runId }, found));
    if (error !== null) await failLookUp(store.db, { ...load, runId }, writeRefusal(error));
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

/** What a source says that a symbol is; the run hears what there is to say of the asking. */
export async function countedLookUp(
  { store: { db }, provider, signal, lane }: LookUpDeps,
  runId: string,
  symbol: string,
): Promise<Found> {
  const inquiry = { db, source: provider.name, runId, counts: 'lookups', signal, lane } as const;
  return inquire(inquiry, (options) => lookUp(provider, symbol, options));
}

interface OpenLoad {
  readonly id: number;
  readonly runId: string;
  readonly symbol: string;
}

async function settleLoad(
  { store, provider: { name: source } }: Pick<LookUpDeps, 'store' | 'provider'>,
  load: OpenLoad,
  found: Found,
): Promise<void> {
  const known = found ?? new SymbolNotFound(load.symbol);
  if (!(known instanceof ProviderError)) {
    await identifyLoad(store.db, load, await saveReference(store, known, source));
    return;
  }
  // That there is no such symbol says the load itself.
  if (known instanceof SymbolNotFound) await failLoad(store.db, load.id, loadErrorOf(known));
  else await failLookUp(store.db, load, loadErrorOf(known));
}

async function failLookUp(db: Database, { id, runId, symbol }: OpenLoad, cause: LoadError): Promise<void> {
  await failLoad(db, id, cause);
  const message = `could not be looked up: ${cause.message}`;
  await addRunEvents(db, runId, [{ level: 'error', symbol, message, data: cause }]);
}
