import type { SessionDate } from '../../domain/session.ts';
import type { Database } from '../../store/database.ts';
import type { NewLoad } from '../../store/load-runs.ts';
import type { IngestionRequest } from '../../runs/ingestion-request.ts';
import { wishedInstruments } from './wished-instruments.ts';

/** A load to be, with what planning needs of its instrument; an unknown one is taken for listed. */
interface WishedLoad extends NewLoad {
  readonly exchange?: string | null;
  readonly delistedOn?: SessionDate | null;
}

/** The loads that a request is for: its symbols as stored, or the universe; what nobody knows is left to a look-up. */
export async function loadsOf(db: Database, request: IngestionRequest): Promise<readonly WishedLoad[]> {
  const { sessions } = request;
  const range = 'range' in sessions ? sessions.range : null;
  const wished = await wishedInstruments(db, { ...request, range });
  return wished.map(({ symbol, instrument, ambiguity }): WishedLoad => {
    if (instrument !== null) {
      const { id: instrumentId, exchange, delistedOn } = instrument;
      return { symbol, instrumentId, exchange, delistedOn };
    }
    return { symbol, instrumentId: null, ...(ambiguity === null ? {} : { error: ambiguity }) };
  });
}
