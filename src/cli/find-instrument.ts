import type { Database } from '../store/database.ts';
import { resolveSymbols, type StoredInstrument } from '../store/instruments.ts';
import { UsageError } from './errors.ts';

/** The one stored instrument that a person means; throws `UsageError` with the candidates or the way to add it. */
export async function findInstrument(db: Database, symbol: string): Promise<StoredInstrument> {
  const resolution = (await resolveSymbols(db, [symbol])).get(symbol);
  if (resolution?.kind === 'found') return resolution.instrument;
  if (resolution?.kind === 'ambiguous') throw ambiguous(symbol, resolution.candidates);
  throw new UsageError(
    `no instrument ${symbol} in this database`,
    `add it with barwright symbols add ${symbol}`,
  );
}

/** The error for a symbol that several instruments could be. */
export function ambiguous(symbol: string, candidates: readonly string[]): UsageError {
  return new UsageError(`${symbol} could be ${candidates.join(' or ')}`, 'write it as the provider does');
}
