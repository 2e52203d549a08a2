import type { Generated, JSONColumnType } from 'kysely';
import type { SessionDate } from '../../domain/session.ts';
import type { SourceName } from '../../domain/source.ts';
import type { Evidence, TermSource } from '../../domain/ticker-term.ts';
import type { NullableInstant } from './instants.ts';

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
