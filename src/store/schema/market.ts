import type { Generated } from 'kysely';
import type { Telling } from '../../domain/absence-ranges.ts';
import type { Interval } from '../../domain/interval.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { SourceName } from '../../domain/source.ts';
import type { Instant, NullableInstant } from './instants.ts';

export interface InstrumentsTable {
  id: Generated<number>;
  symbol: string;
  name: string | null;
  type: string | null;
  exchange: string | null;
  figi: string | null;
  cik: string | null;
  currency: string | null;
  active: boolean;
  listed_on: SessionDate | null;
  delisted_on: SessionDate | null;
  goes_on_as: Generated<string | null>;
  delisted_by: Generated<'told' | 'bars' | 'list' | null>;
  watched: Generated<boolean>;
  added: Generated<boolean>;
  excluded: Generated<boolean>;
  merged_into: Generated<number | null>;
  told_by: SourceName | null;
  updated_at: Generated<Date>;
  known_from: Generated<Date>;
}

interface BarTable {
  instrument_id: number;
  source: SourceName;
  session_date: SessionDate;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  vwap: number | null;
  trades: number | null;
  settled: boolean;
  endpoint: string;
  split_basis: SessionDate | null;
  run_id: string;
  observed_at: Instant;
}

/** When what a row says is known from; of a version also until when it was. */
export interface Known {
  known_from: Generated<Date>;
}
export type VersionOf<Table> = Table & { known_until: Instant };

export interface DailyBarsTable extends BarTable, Known {
  settled_at: Generated<Date | null>;
  seen_at: Generated<Date | null>;
}

export interface IntradayBarsTable extends DailyBarsTable {
  interval: Interval;
  opens_at: Instant;
}

export interface BarRevisionsTable extends BarTable {
  interval: Interval;
  opens_at: NullableInstant;
  replaced_at: Instant;
  replaced_by: string;
  known_from: Instant;
}

export interface BarAbsencesTable extends Known {
  instrument_id: number;
  source: SourceName;
  interval: Interval;
  session_date: SessionDate;
  last_session: SessionDate;
  opens_at: NullableInstant;
  reason: Telling['reason'];
  confirmed: boolean;
  run_id: string;
  observed_at: Instant;
  tellers: unknown;
}

export interface BarLapsesTable {
  instrument_id: number;
  source: SourceName;
  interval: Interval;
  session_date: SessionDate;
  missing_since: Instant;
}

export interface MarketDaysTable {
  source: SourceName;
  session_date: SessionDate;
  row_count: number;
  witnessed: boolean;
  run_id: string;
  observed_at: Instant;
}
