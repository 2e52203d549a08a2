import { ProviderError, SymbolNotFound } from '../../domain/provider-errors.ts';
import { resolveSymbols, setWatched } from '../../store/instruments.ts';
import { attempt } from '../sources/attempt.ts';
import type { LookUpDeps } from './identify-unknown.ts';
import { lookUp } from './look-up.ts';
import { saveReference } from './save-reference.ts';

/** How one symbol of `symbols add` or `remove` ended. */
export interface WatchOutcome {
  readonly symbol: string;
  readonly error: string | null;
}

/** Puts one symbol on the list of the watched ones, looking it up where the store does not know it. */
export async function watchSymbol(deps: LookUpDeps, symbol: string): Promise<WatchOutcome> {
  return { symbol, error: await watch(deps, symbol) };
}

async function watch({ store, provider, signal, lane }: LookUpDeps, symbol: string): Promise<string | null> {
  const known = (await resolveSymbols(store.db, [symbol])).get(symbol);
  if (known?.kind === 'ambiguous') return `ambiguous: ${known.candidates.join(', ')}`;
  if (known?.kind === 'found') {
    await setWatched(store.db, known.instrument.id, true);
    return null;
  }
  const found = await attempt(() => lookUp(provider, symbol, { signal, lane }));
  if (found === null) return new SymbolNotFound(symbol).message;
  if (found instanceof ProviderError) return `${found.name}: ${found.message}`;
  await setWatched(store.db, (await saveReference(store, found)).id, true);
  return null;
}
