import type { Generated } from 'kysely';
import type { SessionDate } from '../../domain/session.ts';
import type { SourceName } from '../../domain/source.ts';
import type { Instant } from './instants.ts';

export interface AdjustedClosesTable {
  instrument_id: number;
  source: SourceName;
  /** A multirange of dates. */
  sessions: Generated<string>;
  observed_at: Generated<Date>;
}

export interface AdjustedStepsTable {
  instrument_id: number;
  source: SourceName;
  session_date: SessionDate;
  before_session: SessionDate;
  share: number;
  observed_at: Instant;
}
