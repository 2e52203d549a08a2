import type { LoadError } from '../../domain/load-error.ts';
import type { SymbolsList } from '../../domain/instrument.ts';
import { ProviderError, SymbolNotFound } from '../../domain/provider-errors.ts';
import { resolveSymbols, setListed } from '../../store/instruments.ts';
import { lastingErrorOf } from '../containment/failing-alone.ts';
import { answerFailure } from '../containment/lasting-cause.ts';
import { loadErrorOf } from '../sources/attempt.ts';
import { countedLookUp, type LookUpDeps } from './identify-unknown.ts';
import { saveReference } from './save-reference.ts';

/** How one symbol of `symbols watch` or `add` ended. */
export interface WatchOutcome {
  readonly symbol: string;
  readonly error: string | null;
}

/** Puts one symbol on the watchlist or into the universe for a run, looking it up where the store does not know it. */
export async function enlistSymbol(
  deps: LookUpDeps,
  wish: { readonly symbol: string; readonly list: SymbolsList; readonly runId: string },
): Promise<WatchOutcome> {
  let error: string | null = null;
  const lasting = await lastingErrorOf(async () => void (error = await enlist(deps, wish)));
  return { symbol: wish.symbol, error: lasting === null ? error : said(answerFailure(lasting)) };
}

const said = ({ kind, message }: LoadError) => `${kind}: ${message}`;

async function enlist(
  deps: LookUpDeps,
  { symbol, list, runId }: Parameters<typeof enlistSymbol>[1],
): Promise<string | null> {
  const { store, provider } = deps;
  const known = (await resolveSymbols(store.db, [symbol])).get(symbol);
  if (known?.kind === 'ambiguous') return `ambiguous: ${known.candidates.join(', ')}`;
  if (known?.kind === 'found') {
    await setListed(store.db, list, known.instrument.id, true);
    return null;
  }
  const found = await countedLookUp(deps, runId, symbol);
  if (found === null) return new SymbolNotFound(symbol).message;
  if (found instanceof ProviderError) return said(loadErrorOf(found));
  await setListed(store.db, list, (await saveReference(store, found, provider.name)).id, true);
  return null;
}
