import { knownFrom } from '../versions.ts';

/** Statements and key statistics of companies as they were known at a time, and when each was last read. */
export const fundamentals = `
create table market.fundamentals (
  instrument_id integer not null references market.instruments,
  source text not null,
  statement text not null check (statement in ('financials', 'balance_sheet', 'cash_flow')),
  frequency text not null check (frequency in ('annual', 'quarterly', 'trailing')),
  period_end date not null,
  observed_at timestamptz not null,
  available_at timestamptz not null,
  currency text,
  total_revenue double precision,
  net_income double precision,
  diluted_eps double precision,
  total_assets double precision,
  total_debt double precision,
  stockholders_equity double precision,
  operating_cash_flow double precision,
  free_cash_flow double precision,
  figures jsonb not null,
  run_id uuid not null,
  ${knownFrom},
  known_until timestamptz,
  unique nulls not distinct (instrument_id, source, statement, frequency, period_end, currency, known_from)
);
comment on column market.fundamentals.available_at is 'known to the market from then on: what a point-in-time read goes by, never period_end';
comment on column market.fundamentals.known_until is 'when it was found to be another instrument''s; null: it is its own';
create table market.key_statistics (
  instrument_id integer not null references market.instruments,
  source text not null,
  observed_at timestamptz not null,
  market_cap double precision,
  shares_outstanding double precision,
  trailing_pe double precision,
  forward_pe double precision,
  beta double precision,
  dividend_yield double precision,
  figures jsonb not null,
  run_id uuid not null,
  ${knownFrom},
  known_until timestamptz,
  primary key (instrument_id, source, known_from)
);
comment on column market.key_statistics.known_until is 'when it was found to be another instrument''s; null: it is its own';
create table market.fundamental_reads (
  instrument_id integer not null references market.instruments,
  source text not null,
  what text not null check (what in ('fundamentals', 'key_statistics')),
  read_at timestamptz not null,
  ${knownFrom},
  primary key (instrument_id, source, what)
);
comment on column market.fundamental_reads.read_at is 'the last time';
comment on column market.fundamental_reads.known_from is 'the first time, whatever came of it';
`;
