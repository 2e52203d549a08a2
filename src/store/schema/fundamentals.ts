import type { Generated, JSONColumnType } from 'kysely';
import type { SessionDate } from '../../domain/session.ts';
import type { SourceName } from '../../domain/source.ts';
import type { Instant } from './instants.ts';

/** Figures that people query, each by its name. */
type Figures<Name extends string> = { readonly [Figure in Name]: number | null };

export interface FundamentalsTable extends Figures<
  | 'total_revenue'
  | 'net_income'
  | 'diluted_eps'
  | 'total_assets'
  | 'total_debt'
  | 'stockholders_equity'
  | 'operating_cash_flow'
  | 'free_cash_flow'
> {
  instrument_id: number;
  source: SourceName;
  statement: 'financials' | 'balance_sheet' | 'cash_flow';
  frequency: 'annual' | 'quarterly' | 'trailing';
  period_end: SessionDate;
  observed_at: Instant;
  available_at: Instant;
  currency: string | null;
  figures: JSONColumnType<Record<string, number>>;
  run_id: string;
  known_from: Generated<Date>;
  known_until: Generated<Date | null>;
}

export interface KeyStatisticsTable extends Figures<
  'market_cap' | 'shares_outstanding' | 'trailing_pe' | 'forward_pe' | 'beta' | 'dividend_yield'
> {
  instrument_id: number;
  source: SourceName;
  observed_at: Instant;
  figures: JSONColumnType<Record<string, unknown>>;
  run_id: string;
  known_from: Generated<Date>;
  known_until: Generated<Date | null>;
}

export interface FundamentalReadsTable {
  instrument_id: number;
  source: SourceName;
  what: 'fundamentals' | 'key_statistics';
  read_at: Instant;
  known_from: Generated<Date>;
}
