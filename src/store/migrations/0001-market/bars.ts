import { decadesAndYears, partitionsOf, years } from '../partitions.ts';
import { columnsOf, knownFrom, versionsOf } from '../versions.ts';

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

const asKnown = `
  settled_at timestamptz,
  seen_at timestamptz,
  ${knownFrom}`;

const asKnownComments = (table: string) => `
comment on column market.${table}.observed_at is 'when the source answered with these values; its clock, of whole seconds';
comment on column market.${table}.settled_at is 'when it became settled; null: with its values, or it is not';
comment on column market.${table}.seen_at is 'when the source answered last with the same as settled; null: not since';
`;

/** To settle a bar says nothing else of it. */
const differs = `
  (old.instrument_id, old.open, old.high, old.low, old.close, old.volume, old.vwap, old.trades, old.split_basis)
    is distinct from
  (new.instrument_id, new.open, new.high, new.low, new.close, new.volume, new.vwap, new.trades, new.split_basis)
  or (old.settled and not new.settled)`;

const versions = [
  versionsOf({
    table: 'daily_bars',
    name: 'daily_bar',
    key: columnsOf('instrument_id', 'source', 'session_date'),
    differs,
    index: ['instrument_id', 'source', 'session_date'],
  }),
  versionsOf({
    table: 'intraday_bars',
    name: 'intraday_bar',
    key: columnsOf('instrument_id', 'source', 'interval', 'session_date', 'opens_at'),
    differs,
    index: ['instrument_id', 'source', 'interval', 'session_date'],
  }),
].join('\n');

/** Both tables of bars are cut by session date; the key of bars shorter than a session has their beginning as well. */
const tables = `
-- No foreign key: it would cost a third of a bulk write, and what it protects from cannot happen.
create table market.daily_bars (
  instrument_id integer not null,
  source text not null,
  session_date date not null,
  ${values},
  ${asKnown},
  primary key (instrument_id, source, session_date)
) partition by range (session_date);
create table market.intraday_bars (
  instrument_id integer not null,
  source text not null,
  interval text not null,
  session_date date not null,
  opens_at timestamptz not null,
  ${values},
  ${asKnown},
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
  known_from timestamptz not null,
  unique nulls not distinct (instrument_id, source, interval, session_date, opens_at, known_from)
);
comment on table market.bar_revisions is 'what a bar was before its values changed';
`;

/** Daily and intraday bars with their partitions, and what they were before they changed. */
export const bars = [
  tables,
  partitionsOf('market.daily_bars', decadesAndYears),
  partitionsOf('market.intraday_bars', years),
  revisions,
  asKnownComments('daily_bars'),
  asKnownComments('intraday_bars'),
  versions,
].join('\n');
