import type { Database } from '../store/database.ts';
import { resolveSymbols, type StoredInstrument } from '../store/instruments.ts';
import { AmbiguousSymbol } from '../operations/refusals.ts';
import { UsageError } from './errors.ts';
import { namesOf } from './parameters.ts';

/**
 * The stored instruments that a person means, in order and each once. Throws `AmbiguousSymbol` with the candidates, and
 * `UsageError` that names what is not stored and says how to add it.
 */
export async function findInstruments(
  db: Database,
  symbols: readonly string[],
): Promise<readonly StoredInstrument[]> {
  const found = new Map<number, StoredInstrument>();
  const unknown: string[] = [];
  for (const [symbol, resolution] of await resolveSymbols(db, symbols)) {
    if (resolution.kind === 'ambiguous') throw new AmbiguousSymbol(symbol, resolution.candidates);
    if (resolution.kind === 'found') found.set(resolution.instrument.id, resolution.instrument);
    else unknown.push(symbol);
  }
  if (unknown.length === 0) return [...found.values()];
  throw new UsageError(
    `no instrument ${namesOf(unknown)} in this database`,
    `correct it, or add it with barwright symbols add ${unknown[0] ?? ''}`,
  );
}
