import { sources, type SourceName } from '../../domain/source.ts';
import type { DateRange } from '../../domain/date-range.ts';
import type { Database } from '../../store/database.ts';
import { readUniverse, readWatched, resolveSymbols, type StoredInstrument } from '../../store/instruments.ts';
import type { LoadError } from '../../domain/load-error.ts';

/** What a request is for: an instrument as stored; null where nobody knows the symbol, or several could be meant. */
export interface WishedInstrument {
  /** As stored, or as typed. */
  readonly symbol: string;
  readonly instrument: StoredInstrument | null;
  /** Which ones could be meant; null: not several. */
  readonly ambiguity: LoadError | null;
}

/** Whose bars are meant. */
export interface SymbolsWish {
  readonly source: SourceName;
  /** As typed; absent: the universe. */
  readonly symbols?: readonly string[];
  readonly maxSymbols?: number;
  /** The universe is who was listed on some session of it; null: who is listed today. */
  readonly range: DateRange | null;
}

/** The instruments that a request names; where it names none, those that are watched or all that the source lists. */
export async function wishedInstruments(
  db: Database,
  { source, symbols, maxSymbols = Infinity, range }: SymbolsWish,
): Promise<readonly WishedInstrument[]> {
  if (symbols === undefined) {
    const watched = sources[source].universe === 'watched';
    const universe = watched ? await readWatched(db) : await readUniverse(db, range, source);
    return universe
      .slice(0, maxSymbols)
      .map((instrument) => ({ symbol: instrument.symbol, instrument, ambiguity: null }));
  }
  return namedInstruments(db, symbols, maxSymbols);
}

/** The instruments that symbols mean, each once. */
export async function namedInstruments(
  db: Database,
  symbols: readonly string[],
  maxSymbols = Infinity,
): Promise<readonly WishedInstrument[]> {
  const resolved = await resolveSymbols(db, [...new Set(symbols)].slice(0, maxSymbols));
  return [...resolved].map(([typed, resolution]): WishedInstrument => {
    if (resolution.kind === 'found') {
      const { instrument } = resolution;
      return { symbol: instrument.symbol, instrument, ambiguity: null };
    }
    if (resolution.kind === 'unknown') return { symbol: typed, instrument: null, ambiguity: null };
    const message = `${typed} could be ${resolution.candidates.join(' or ')}: write it as the provider does`;
    return { symbol: typed, instrument: null, ambiguity: { kind: 'AmbiguousSymbol', message } };
  });
}
