import type { SymbolsList } from '../../domain/instrument.ts';
import { ProviderError, SymbolNotFound } from '../../domain/provider-errors.ts';
import { resolveSymbols, setListed } from '../../store/instruments.ts';
import { attempt } from '../sources/attempt.ts';
import type { LookUpDeps } from './identify-unknown.ts';
import { lookUp } from './look-up.ts';
import { saveReference } from './save-reference.ts';

/** How one symbol of `symbols watch` or `add` ended. */
export interface WatchOutcome {
  readonly symbol: string;
  readonly error: string | null;
}

/** Puts one symbol on the watchlist or into the universe, looking it up where the store does not know it. */
export async function enlistSymbol(
  deps: LookUpDeps,
  symbol: string,
  list: SymbolsList,
): Promise<WatchOutcome> {
  return { symbol, error: await enlist(deps, symbol, list) };
}

async function enlist(
  { store, provider, signal, lane }: LookUpDeps,
  symbol: string,
  list: SymbolsList,
): Promise<string | null> {
  const known = (await resolveSymbols(store.db, [symbol])).get(symbol);
  if (known?.kind === 'ambiguous') return `ambiguous: ${known.candidates.join(', ')}`;
  if (known?.kind === 'found') {
    await setListed(store.db, list, known.instrument.id, true);
    return null;
  }
  const found = await attempt(() => lookUp(provider, symbol, { signal, lane }));
  if (found === null) return new SymbolNotFound(symbol).message;
  if (found instanceof ProviderError) return `${found.name}: ${found.message}`;
  await setListed(store.db, list, (await saveReference(store, found, provider.name)).id, true);
  return null;
}
