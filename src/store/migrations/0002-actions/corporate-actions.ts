import { columnsOf, knownFrom, versionsOf } from '../versions.ts';

const tables = `
create table market.corporate_actions (
  id bigint generated always as identity primary key,
  instrument_id integer not null references market.instruments,
  source text not null,
  provider_id text,
  ticker text collate "C",
  kind text not null check (kind in ('split', 'reverse_split', 'stock_dividend', 'spin_off', 'cash_dividend', 'capital_gain')),
  ex_date date not null,
  told_on date,
  ratio double precision check (ratio > 0),
  amount double precision,
  told_amount double precision,
  amount_basis date,
  adjusted_amount double precision,
  currency text,
  dividend_type text check (dividend_type in ('regular', 'special')),
  frequency integer,
  declared_on date,
  record_on date,
  pay_on date,
  status text not null check (status in ('announced', 'pending', 'effective', 'shadowed', 'refused', 'disputed', 'withdrawn')),
  reason text,
  shown boolean not null default false,
  run_id uuid not null,
  observed_at timestamptz not null,
  first_observed_at timestamptz not null,
  ${knownFrom}
);
create unique index corporate_actions_by_id on market.corporate_actions (source, provider_id) where provider_id is not null;
create unique index corporate_actions_by_key on market.corporate_actions
  (instrument_id, source, kind, coalesce(told_on, ex_date), dividend_type) nulls not distinct where provider_id is null;
create index corporate_actions_by_instrument on market.corporate_actions (instrument_id, ex_date);
comment on column market.corporate_actions.ticker is 'what its source called the instrument; null: as it was called by everybody';
comment on column market.corporate_actions.ex_date is 'the day that it counts from: that of the step where prices as traded show one';
comment on column market.corporate_actions.told_on is 'the ex-date that the source tells, where prices show another one; null: the same';
comment on column market.corporate_actions.shown is 'prices as traded show it';
comment on column market.corporate_actions.ratio is 'shares afterwards per share before';
comment on column market.corporate_actions.amount is
  'cash a share as paid on the ex-date: told_amount in shares of that day, by the splits that count';
comment on column market.corporate_actions.amount_basis is
  'told_amount is in shares of that day, as the source has split-adjusted it; null: as paid';
comment on column market.corporate_actions.adjusted_amount is
  'beside an amount as paid: what the source says it is in shares of when it was told';
comment on column market.corporate_actions.frequency is 'payments a year, 0: does not recur';
comment on column market.corporate_actions.status is
  'announced: still to come; pending: no prices to confirm it yet; effective: counts; shadowed: another record stands for it; refused: see reason;
  disputed: prices show something that no record tells, what lies before has no adjusted price; withdrawn: its source lists it no more';
create table market.corporate_action_revisions (
  action_id bigint not null references market.corporate_actions,
  ex_date date not null,
  ratio double precision,
  amount double precision,
  observed_at timestamptz not null,
  replaced_at timestamptz not null,
  replaced_by uuid not null,
  known_from timestamptz not null,
  primary key (action_id, known_from)
);
create table market.action_listings (
  action_id bigint primary key references market.corporate_actions,
  run_id uuid not null,
  missing_since timestamptz
);
comment on table market.action_listings is 'the last run whose lists had an action, and since when whole lists have lacked it';
create table market.action_syncs (
  source text primary key,
  synced_from date not null,
  synced_through date not null,
  -- When all splits from the first stored bar on were read the last time: some are told months late.
  splits_read_at timestamptz,
  completed_at timestamptz not null,
  ${knownFrom}
);
`;

const versions = [
  versionsOf({
    table: 'corporate_actions',
    name: 'corporate_action',
    key: columnsOf('id'),
    index: ['instrument_id', 'ex_date'],
  }),
  versionsOf({
    table: 'action_syncs',
    name: 'action_sync',
    key: columnsOf('source'),
    index: ['source', 'known_from'],
  }),
].join('\n');

/** Splits, dividends and their like as each source tells of them, and how far each was read. */
export const corporateActions = [tables, versions].join('\n');
