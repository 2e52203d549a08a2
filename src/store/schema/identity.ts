import type { Generated, JSONColumnType } from 'kysely';
import type { SessionDate } from '../../domain/session.ts';
import type { SourceName } from '../../domain/source.ts';
import type { Evidence, TermSource } from '../../domain/ticker-term.ts';
import type { Instant, NullableInstant } from './instants.ts';

export interface SymbolHistoryTable {
  id: Generated<number>;
  instrument_id: number;
  vocabulary: SourceName;
  ticker: string;
  /** As PostgreSQL writes it, `[from,to)`. */
  borne: string;
  evidence: Evidence;
  from_by: TermSource;
  to_by: TermSource;
  reason: string | null;
  run_id: string | null;
  known_from: Generated<Date>;
  known_until: NullableInstant;
}

export interface DatedListsTable {
  source: SourceName;
  list_date: SessionDate;
  tickers: number;
  refused: Generated<boolean>;
  run_id: string | null;
  read_at: Generated<Date>;
}

export interface ListedBearersTable {
  source: SourceName;
  ticker: string;
  figi: string | null;
  cik: string | null;
  type: string | null;
  name: string | null;
  dates: readonly SessionDate[];
}

export interface IdentityAnswersTable {
  source: SourceName;
  question: string;
  answer: JSONColumnType<object>;
  asked_at: Generated<Date>;
}

export interface MovesTable {
  id: Generated<number>;
  moved_from: number;
  moved_to: number;
  what: MovedKind;
  source: SourceName;
  ticker: string;
  first_day: SessionDate;
  last_day: SessionDate;
  row_count: number;
  run_id: string | null;
  known_from: Generated<Date>;
}

/** The tables whose rows can lie under the wrong instrument. */
export type MovedKind =
  | 'daily_bars'
  | 'intraday_bars'
  | 'bar_revisions'
  | 'bar_absences'
  | 'corporate_actions'
  | 'fundamentals'
  | 'key_statistics';

export interface PlacementsTable {
  instrument_id: number;
  placed_at: Instant;
}
