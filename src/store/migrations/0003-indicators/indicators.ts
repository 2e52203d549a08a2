import { decadesAndYears, partitionsOf } from '../partitions.ts';
import { columnsOf, knownFrom, versionsOf } from '../versions.ts';

const values = `
  sma_20 double precision,
  sma_50 double precision,
  sma_200 double precision,
  ema_12 double precision,
  ema_26 double precision,
  ema_50 double precision,
  rsi_14 double precision,
  macd_12_26_9 double precision,
  macd_signal double precision,
  macd_hist double precision,
  bb_upper_20_2 double precision,
  bb_middle_20_2 double precision,
  bb_lower_20_2 double precision,
  atr_14 double precision,
  adx_14 double precision,
  plus_di_14 double precision,
  minus_di_14 double precision,
  stoch_k_14_3 double precision,
  stoch_d_3 double precision,
  stochf_k_14 double precision,
  stochf_d_3 double precision,
  obv double precision,
  cci_20 double precision,
  willr_14 double precision,
  mfi_14 double precision,
  roc_10 double precision,
  true_range double precision,
  patterns text[]`;

const origin = `
  parameters_version text not null,
  reason text check (reason in ('partial', 'warming_up')),
  split_basis date,
  run_id uuid not null,
  computed_at timestamptz not null,
  extra jsonb`;

const tables = `
create table market.indicators (
  instrument_id integer not null,
  source text not null,
  session_date date not null,
  ${values},
  ${origin},
  ${knownFrom},
  primary key (instrument_id, source, session_date)
) partition by range (session_date);
comment on column market.indicators.split_basis is
  'the last split that is in the values: prices are in the shares of that day; null: there was none';
comment on column market.indicators.extra is
  'further indicators by key, each with its parameters; null: the run that wrote the row computed none';
comment on column market.indicators.reason is
  'why values lack: partial, a session before has no bar; warming_up, there are not enough bars before';
create table market.indicator_revisions (
  instrument_id integer not null references market.instruments,
  source text not null,
  session_date date not null,
  ${values},
  ${origin},
  replaced_at timestamptz not null,
  replaced_by uuid not null,
  primary key (instrument_id, source, session_date, replaced_at)
);
comment on table market.indicator_revisions is 'what a row was before a corrected bar or other parameters changed it';
`;

const versions = versionsOf({
  table: 'indicators',
  name: 'indicator',
  key: columnsOf('instrument_id', 'source', 'session_date'),
  index: ['instrument_id', 'source', 'session_date'],
});

/** Computed rows with their partitions, and what they were before they changed. */
export const indicatorTables = [tables, partitionsOf('market.indicators', decadesAndYears), versions].join(
  '\n',
);
