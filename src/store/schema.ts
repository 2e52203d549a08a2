import type { RunSessions } from '../runs/run.ts';
import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { CorporateActionKind } from '../domain/corporate-action.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import type { Interval } from '../domain/interval.ts';

/** Written as a Date or ISO 8601 text, read as a Date. */
type Instant = ColumnType<Date, Date | string, Date | string>;
type NullableInstant = ColumnType<Date | null, Date | string | null, Date | string | null>;

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
  watched: Generated<boolean>;
  excluded: Generated<boolean>;
  updated_at: Generated<Date>;
}

interface BarColumns {
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

export type DailyBarsTable = BarColumns;

export interface IntradayBarsTable extends BarColumns {
  interval: Interval;
  opens_at: Instant;
}

export interface BarRevisionsTable extends BarColumns {
  interval: Interval;
  opens_at: NullableInstant;
  replaced_at: Instant;
  replaced_by: string;
}

export interface BarAbsencesTable {
  instrument_id: number;
  source: SourceName;
  interval: Interval;
  session_date: SessionDate;
  opens_at: NullableInstant;
  reason: AbsenceReasonColumn;
  confirmed: boolean;
  run_id: string;
  observed_at: Instant;
}

export interface MarketDaysTable {
  source: SourceName;
  session_date: SessionDate;
  row_count: number;
  witnessed: boolean;
  run_id: string;
  observed_at: Instant;
}

type AbsenceReasonColumn = 'not_listed' | 'no_trade' | 'halted' | 'history_floor';

export type LoadStatus = 'pending' | 'running' | 'success' | 'partial' | 'failed' | 'cancelled';

export interface LoadRunsTable {
  id: Generated<number>;
  workflow_id: string;
  run_id: string;
  symbol: string;
  instrument_id: number | null;
  data_source: SourceName | 'indicators';
  interval: Interval;
  range_start: SessionDate;
  range_end: SessionDate;
  records_count: Generated<number>;
  changed_count: Generated<number>;
  settled_count: Generated<number>;
  status: LoadStatus;
  error_kind: string | null;
  error_message: string | null;
  attempts: Generated<number>;
  started_at: NullableInstant;
  completed_at: NullableInstant;
}

export interface LoadRequestsTable {
  id: Generated<number>;
  run_id: string;
  wave: number;
  batch: number;
  load_id: number | null;
  range_start: SessionDate;
  range_end: SessionDate;
  status: 'pending' | 'done' | 'failed';
  requests: Generated<number>;
  error_kind: string | null;
  error_message: string | null;
}

export type RunStatus = 'running' | 'completed' | 'failed' | 'cancelled';

export interface RunsTable {
  run_id: string;
  workflow_id: string;
  flow: string;
  parameters: JSONColumnType<object>;
  sessions: JSONColumnType<RunSessions>;
  status: RunStatus;
  started_at: Instant;
  closed_at: NullableInstant;
  requests: Generated<number>;
  lookups: Generated<number>;
  summary: JSONColumnType<object> | null;
}

export interface RunEventsTable {
  id: Generated<number>;
  run_id: string;
  at: Generated<Date>;
  level: 'info' | 'warn' | 'error';
  symbol: string | null;
  message: string;
  data: JSONColumnType<object> | null;
}

export interface ReferenceSyncsTable {
  source: SourceName;
  list: 'active' | 'inactive';
  completed_at: Instant;
  instruments: number;
}

export interface ProviderBudgetsTable {
  provider: string;
  key_hash: string;
  base_url: string;
  next_slot_at: Instant;
}

export type ActionStatus = 'announced' | 'pending' | 'effective' | 'shadowed' | 'refused';

export interface CorporateActionsTable {
  id: Generated<number>;
  instrument_id: number;
  source: SourceName;
  provider_id: string | null;
  kind: CorporateActionKind;
  ex_date: SessionDate;
  ratio: number | null;
  amount: number | null;
  currency: string | null;
  dividend_type: 'regular' | 'special' | null;
  declared_on: SessionDate | null;
  record_on: SessionDate | null;
  pay_on: SessionDate | null;
  status: ActionStatus;
  reason: string | null;
  run_id: string;
  observed_at: Instant;
  first_observed_at: Instant;
}

export interface ActionSyncsTable {
  source: SourceName;
  synced_from: SessionDate;
  synced_through: SessionDate;
  completed_at: Instant;
}

export interface QualityFindingsTable {
  id: Generated<number>;
  rule: string;
  severity: 'info' | 'warn' | 'error';
  status: Generated<'open' | 'repaired' | 'accepted'>;
  instrument_id: number | null;
  source: SourceName | null;
  interval: Interval | null;
  range_start: SessionDate | null;
  range_end: SessionDate | null;
  evidence: JSONColumnType<object>;
  reason: string | null;
  run_id: string | null;
  found_at: Generated<Date>;
  seen_at: Generated<Date>;
}

export interface FundamentalsTable {
  instrument_id: number;
  source: SourceName;
  statement: string;
  frequency: string;
  period_end: SessionDate;
  observed_at: Instant;
  available_at: Instant;
  currency: string | null;
  figures: JSONColumnType<Record<string, number>>;
  run_id: string;
}

export interface KeyStatisticsTable {
  instrument_id: number;
  source: SourceName;
  observed_at: Instant;
  figures: JSONColumnType<Record<string, unknown>>;
  run_id: string;
}

export interface WorkersTable {
  identity: string;
  pool: string;
  market: string;
  base_urls: JSONColumnType<Record<string, string>>;
  key_fingerprint: string | null;
  host: string;
  pid: number;
  started_at: Generated<Date>;
  seen_at: Instant;
  stopped_at: NullableInstant;
}

export interface Schema {
  'market.installation': { singleton: Generated<boolean>; market: string; created_at: Generated<Date> };
  'market.instruments': InstrumentsTable;
  'market.daily_bars': DailyBarsTable;
  'market.intraday_bars': IntradayBarsTable;
  'market.bar_revisions': BarRevisionsTable;
  'market.bar_absences': BarAbsencesTable;
  'market.market_days': MarketDaysTable;
  'market.load_runs': LoadRunsTable;
  'market.load_requests': LoadRequestsTable;
  'market.runs': RunsTable;
  'market.run_events': RunEventsTable;
  'market.reference_syncs': ReferenceSyncsTable;
  'market.provider_budgets': ProviderBudgetsTable;
  'market.workers': WorkersTable;
  'market.corporate_actions': CorporateActionsTable;
  'market.action_syncs': ActionSyncsTable;
  'market.quality_findings': QualityFindingsTable;
  'market.fundamentals': FundamentalsTable;
  'market.key_statistics': KeyStatisticsTable;
}
