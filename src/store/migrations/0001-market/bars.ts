import { decadesAndYears, partitionsOf, years } from '../partitions.ts';

const values = `
  open double precision not null,
  high double precision not null,
  low double precision not null,
  close double precision not null,
  volume double precision not null,
  vwap double precision,
  trades bigint,
  settled boolean not null,
  endpoint text not null check (endpoint in ('series', 'market_day')),
  split_basis date,
  run_id uuid not null,
  observed_at timestamptz not null`;

/** Both tables of bars are cut by session date; the key of bars shorter than a session has their beginning as well. */
const tables = `
-- No foreign key: it would cost a third of a bulk write, and what it protects from cannot happen.
create table market.daily_bars (
  instrument_id integer not null,
  source text not null,
  session_date date not null,
  ${values},
  primary key (instrument_id, source, session_date)
) partition by range (session_date);
create table market.intraday_bars (
  instrument_id integer not null,
  source text not null,
  interval text not null,
  session_date date not null,
  opens_at timestamptz not null,
  ${values},
  primary key (instrument_id, source, interval, session_date, opens_at)
) partition by range (session_date);
-- What nobody can tell the basis of is rare, and looked for after each run.
create index daily_bars_withheld on market.daily_bars (source, instrument_id) where split_basis = '9999-12-31';
create index intraday_bars_withheld on market.intraday_bars (source, instrument_id) where split_basis = '9999-12-31';
comment on column market.daily_bars.split_basis is 'the splits up to this date are in the prices; null: as traded';
comment on column market.intraday_bars.split_basis is 'the splits up to this date are in the prices; null: as traded';
`;

const revisions = `
create table market.bar_revisions (
  instrument_id integer not null references market.instruments,
  source text not null,
  interval text not null,
  session_date date not null,
  opens_at timestamptz,
  ${values},
  replaced_at timestamptz not null,
  replaced_by uuid not null,
  unique nulls not distinct (instrument_id, source, interval, session_date, opens_at, observed_at)
);
comment on table market.bar_revisions is 'what a bar was before it changed';
`;

/** Daily and intraday bars with their partitions, and what they were before they changed. */
export const bars = [
  tables,
  partitionsOf('market.daily_bars', decadesAndYears),
  partitionsOf('market.intraday_bars', years),
  revisions,
].join('\n');
