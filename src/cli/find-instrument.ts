import type { Database } from '../store/database.ts';
import type { SessionDate } from '../domain/session.ts';
import {
  instrumentsOf,
  instrumentsUnder,
  resolveSymbols,
  type StoredInstrument,
} from '../store/instruments.ts';
import { instrumentsBearing } from '../store/symbol-history.ts';
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

/**
 * The stored instruments that bore tickers on a day, in order and each once; what is typed in other letters is not meant.
 * Throws `UsageError` that names what nobody bore then.
 */
export async function findBearers(
  db: Database,
  tickers: readonly string[],
  on: SessionDate,
): Promise<readonly StoredInstrument[]> {
  const borne = await instrumentsBearing(db, tickers, on);
  const listed = await instrumentsUnder(
    db,
    tickers.flatMap((symbol) => (borne.has(symbol) ? [] : [{ symbol, date: on }])),
  );
  const ids = tickers.map((ticker) => borne.get(ticker) ?? listed.get(ticker));
  const unknown = tickers.filter((_, at) => ids[at] === undefined);
  if (unknown.length > 0)
    throw new UsageError(
      `nobody is known to have borne ${namesOf(unknown)} on ${on}`,
      'correct the day or the ticker: barwright symbols list --date shows who was listed',
    );
  const known = await instrumentsOf(
    db,
    ids.filter((id) => id !== undefined),
  );
  return [...known.values()].sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
}
