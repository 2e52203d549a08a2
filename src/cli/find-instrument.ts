import type { Database } from '../store/database.ts';
import type { SessionDate } from '../domain/session.ts';
import type { AsOf } from '../store/as-of.ts';
import { instrumentsOf, resolveSymbols, type StoredInstrument } from '../store/instruments.ts';
import { instrumentsUnder } from '../store/ticker-days.ts';
import { AmbiguousSymbol } from '../operations/refusals.ts';
import { UsageError } from './errors.ts';
import { namesOf } from './parameters.ts';

/**
 * The stored instruments that a person means, in order and each once: as known at an instant, those that were not known then
 * as known now. Throws `AmbiguousSymbol` with the candidates, and `UsageError` that names what is not stored and
 * says how to add it.
 */
export async function findInstruments(
  db: Database,
  symbols: readonly string[],
  asOf?: AsOf,
): Promise<readonly StoredInstrument[]> {
  const then = await resolveSymbols(db, symbols, asOf);
  const later = symbols.filter((symbol) => asOf !== undefined && then.get(symbol)?.kind === 'unknown');
  const now = later.length === 0 ? null : await resolveSymbols(db, later);
  const found = new Map<number, StoredInstrument>();
  const unknown: string[] = [];
  for (const [symbol, known] of then) {
    const resolution = now?.get(symbol) ?? known;
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

/**
 * The stored instruments that bore tickers on a day, in order and each once; what is typed in other letters is not meant.
 * Throws `UsageError` that names what nobody bore then.
 */
export async function findBearers(
  db: Database,
  tickers: readonly string[],
  on: SessionDate,
  asOf?: AsOf,
): Promise<readonly StoredInstrument[]> {
  const ids = await instrumentsUnder(
    db,
    tickers.map((ticker) => ({ ticker, date: on })),
    asOf,
  );
  const unknown = tickers.filter((_, at) => (ids[at] ?? null) === null);
  if (unknown.length > 0)
    throw new UsageError(
      `nobody is known to have borne ${namesOf(unknown)} on ${on}`,
      'correct the day or the ticker: barwright symbols list --date shows who was listed',
    );
  const known = await instrumentsOf(
    db,
    ids.filter((id) => id !== null),
    asOf,
  );
  return [...known.values()].sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
}
