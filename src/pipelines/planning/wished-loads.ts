import type { Database } from '../../store/database.ts';
import { readUniverse, readWatched, resolveSymbols } from '../../store/instruments.ts';
import type { NewLoad } from '../../store/load-runs.ts';
import { sources } from '../../domain/source.ts';
import type { IngestionRequest } from '../../runs/ingestion-request.ts';

/** A load to be, with what planning needs of its instrument; an unknown one is taken for listed. */
export interface WishedLoad extends NewLoad {
  readonly exchange?: string | null;
}

/** The loads that a request is for: its symbols as stored, or the universe. */
export async function loadsOf(db: Database, request: IngestionRequest): Promise<readonly WishedLoad[]> {
  const { source, symbols, maxSymbols = Infinity, sessions } = request;
  if (symbols === undefined) {
    const universe =
      sources[source].universe === 'watched'
        ? await readWatched(db)
        : await readUniverse(db, 'range' in sessions ? sessions.range : null);
    return universe
      .slice(0, maxSymbols)
      .map(({ id, symbol, exchange }) => ({ symbol, instrumentId: id, exchange }));
  }
  const resolved = await resolveSymbols(db, [...new Set(symbols)].slice(0, maxSymbols));
  return [...resolved].map(([typed, resolution]): WishedLoad => {
    if (resolution.kind === 'found') {
      const { id, symbol, exchange } = resolution.instrument;
      return { symbol, instrumentId: id, exchange };
    }
    if (resolution.kind === 'unknown') return { symbol: typed, instrumentId: null };
    const message = `${typed} could be ${resolution.candidates.join(' or ')}: write it as the provider does`;
    return { symbol: typed, instrumentId: null, error: { kind: 'AmbiguousSymbol', message } };
  });
}
