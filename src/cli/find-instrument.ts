import type { Database } from '../store/database.ts';
import { resolveSymbols, type StoredInstrument } from '../store/instruments.ts';
import { AmbiguousSymbol } from '../operations/refusals.ts';
import { UsageError } from './errors.ts';

/** The one stored instrument that a person means; throws `UsageError` with the candidates or the way to add it. */
export async function findInstrument(db: Database, symbol: string): Promise<StoredInstrument> {
  const resolution = (await resolveSymbols(db, [symbol])).get(symbol);
  if (resolution?.kind === 'found') return resolution.instrument;
  if (resolution?.kind === 'ambiguous') throw new AmbiguousSymbol(symbol, resolution.candidates);
  throw new UsageError(
    `no instrument ${symbol} in this database`,
    `add it with barwright symbols add ${symbol}`,
  );
}
