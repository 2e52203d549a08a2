import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

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
  computed_at timestamptz not null`;

const indicators = `
create table market.indicators (
  instrument_id integer not null,
  source text not null,
  session_date date not null,
  ${values},
  ${origin},
  primary key (instrument_id, source, session_date)
) partition by range (session_date);
create table market.indicators_other partition of market.indicators default;
comment on column market.indicators.split_basis is
  'the last split that is in the values: prices are in the shares of that day; null: there was none';
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

/** Of each series what its rows were computed from: what is due follows without reading the series. */
const states = `
create table market.indicator_states (
  instrument_id integer not null,
  source text not null,
  parameters_version text,
  computed_from date,
  computed_through date,
  bars integer not null default 0,
  observed_sum double precision not null default 0,
  basis_sum double precision not null default 0,
  absences integer not null default 0,
  expected integer not null default 0,
  splits text not null default '',
  missing integer not null default 0,
  first_missing date,
  signs bytea,
  run_id uuid,
  computed_at timestamptz,
  primary key (instrument_id, source)
) with (fillfactor = 50);
comment on column market.indicator_states.parameters_version is 'null: claimed by a run that has not written yet';
comment on column market.indicator_states.computed_from is 'from this date through the other every session has its row';
comment on column market.indicator_states.observed_sum is
  'with basis_sum a checksum over the bars: when each was observed, and how far its prices are adjusted';
comment on column market.indicator_states.signs is
  'four bytes a row of the series, holes included, from its prices as traded: where the series has changed, they differ';
-- Noise: what compresses nothing need not be tried.
alter table market.indicator_states alter column signs set storage external;
comment on column market.indicator_states.expected is 'sessions from the first bar on';
`;

/** Cut ahead, as those of the bars are. */
function yearPartitions(): string {
  const years = Array.from({ length: 2035 - 1990 + 1 }, (_, index) => 1990 + index);
  return years
    .map(
      (year) =>
        `create table market.indicators_${year} partition of market.indicators
         for values from ('${year}-01-01') to ('${year + 1}-01-01');`,
    )
    .join('\n');
}

/** Technical indicators, what they were before, and what they were computed from. */
export const indicators0003: Migration = {
  async up(db: Kysely<unknown>) {
    for (const part of [indicators, yearPartitions(), states]) await sql.raw(part).execute(db);
  },
};
