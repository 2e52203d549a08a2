import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const barValues = `
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

const instruments = `
create table market.instruments (
  id integer generated always as identity primary key,
  symbol text not null,
  name text,
  type text,
  exchange text,
  figi text,
  cik text,
  currency text,
  active boolean not null,
  listed_on date,
  delisted_on date,
  watched boolean not null default false,
  excluded boolean not null default false,
  updated_at timestamptz not null default now()
);
create unique index instruments_active on market.instruments (symbol) where active;
create unique index instruments_inactive on market.instruments (symbol, delisted_on) nulls not distinct where not active;
create index instruments_any_case on market.instruments (upper(symbol));
comment on column market.instruments.watched is 'a person added it: part of the universe whatever its type';
comment on column market.instruments.excluded is 'a person removed it: never part of the universe';
`;

const bars = `
create function market.refuse_deletion() returns trigger language plpgsql as $$
begin raise exception 'instruments are never deleted: bars are theirs'; end $$;
create trigger instruments_stay before delete or truncate on market.instruments
  execute function market.refuse_deletion();
-- No foreign key: it would cost a third of a bulk write, and what it protects from cannot happen.
create table market.daily_bars (
  instrument_id integer not null,
  source text not null,
  session_date date not null,
  ${barValues},
  primary key (instrument_id, source, session_date)
) partition by range (session_date);
create table market.daily_bars_other partition of market.daily_bars default;
create table market.bar_revisions (
  instrument_id integer not null references market.instruments,
  source text not null,
  interval text not null,
  session_date date not null,
  opens_at timestamptz,
  ${barValues},
  replaced_at timestamptz not null,
  replaced_by uuid not null,
  unique nulls not distinct (instrument_id, source, interval, session_date, opens_at, observed_at)
);
comment on table market.bar_revisions is 'what a bar was before it changed';
create table market.bar_absences (
  instrument_id integer not null references market.instruments,
  source text not null,
  interval text not null,
  session_date date not null,
  reason text not null check (reason in ('not_listed', 'no_trade', 'halted', 'history_floor')),
  confirmed boolean not null,
  run_id uuid not null,
  observed_at timestamptz not null,
  primary key (instrument_id, source, interval, session_date)
);
comment on column market.bar_absences.confirmed is 'false: seen once, too early to be believed; the session stays due';
create table market.market_days (
  source text not null,
  session_date date not null,
  row_count integer not null,
  witnessed boolean not null,
  run_id uuid not null,
  observed_at timestamptz not null,
  primary key (source, session_date)
);
comment on table market.market_days is 'how many rows the last whole-market answer of a session had, and whether those were among them that trade every day';
`;

const ledger = `
create table market.runs (
  run_id uuid primary key,
  workflow_id text not null,
  flow text not null,
  parameters jsonb not null,
  sessions jsonb not null,
  status text not null check (status in ('running', 'completed', 'failed', 'cancelled')),
  started_at timestamptz not null,
  closed_at timestamptz,
  requests integer not null default 0,
  lookups integer not null default 0,
  summary jsonb
);
create index runs_by_start on market.runs (started_at desc);
create index runs_by_workflow on market.runs (workflow_id);
create table market.load_runs (
  id bigint generated always as identity primary key,
  workflow_id text not null,
  run_id uuid not null references market.runs,
  symbol text not null,
  instrument_id integer references market.instruments,
  data_source text not null,
  interval text not null,
  range_start date not null,
  range_end date not null,
  records_count integer not null default 0,
  changed_count integer not null default 0,
  settled_count integer not null default 0,
  status text not null check (status in ('pending', 'running', 'success', 'partial', 'failed', 'cancelled')),
  error_kind text,
  error_message text,
  attempts integer not null default 0,
  started_at timestamptz,
  completed_at timestamptz,
  unique (run_id, symbol)
-- Room for the next version of a row beside it: an update then touches no index.
) with (fillfactor = 50);
create index load_runs_by_instrument on market.load_runs (instrument_id, id);
create table market.load_requests (
  id bigint generated always as identity primary key,
  run_id uuid not null references market.runs,
  wave integer not null,
  batch integer not null,
  load_id bigint references market.load_runs,
  range_start date not null,
  range_end date not null,
  status text not null check (status in ('pending', 'done', 'failed')),
  requests integer not null default 0,
  error_kind text,
  error_message text
);
create index load_requests_by_batch on market.load_requests (run_id, wave, batch);
create index load_requests_by_load on market.load_requests (load_id) where load_id is not null;
comment on table market.load_requests is 'the requests of a run in waves: its plan, then retries; without load_id: one session of the whole market';
create table market.run_events (
  id bigint generated always as identity primary key,
  run_id uuid not null references market.runs,
  at timestamptz not null default clock_timestamp(),
  level text not null check (level in ('info', 'warn', 'error')),
  symbol text,
  message text not null,
  data jsonb
);
create index run_events_by_run on market.run_events (run_id, id);
`;

const operation = `
create table market.installation (
  singleton boolean primary key default true check (singleton),
  market text not null check (market in ('live', 'simulated')),
  created_at timestamptz not null default now()
);
create table market.reference_syncs (
  source text not null,
  list text not null check (list in ('active', 'inactive')),
  completed_at timestamptz not null,
  instruments integer not null,
  primary key (source, list)
);
create table market.provider_budgets (
  provider text not null,
  key_hash text not null,
  base_url text not null,
  next_slot_at timestamptz not null,
  primary key (provider, key_hash, base_url)
);
comment on column market.provider_budgets.next_slot_at is 'when the next request may be sent, whoever sends it';
create table market.workers (
  identity text primary key,
  pool text not null,
  market text not null,
  base_urls jsonb not null,
  key_fingerprint text,
  host text not null,
  pid integer not null,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null,
  stopped_at timestamptz
);
`;

/** Cut ahead: a partition cannot be cut out of the default one once that holds its rows. */
function yearPartitions(): string {
  const years = Array.from({ length: 2035 - 1990 + 1 }, (_, index) => 1990 + index);
  return years
    .map(
      (year) =>
        `create table market.daily_bars_${year} partition of market.daily_bars
         for values from ('${year}-01-01') to ('${year + 1}-01-01');`,
    )
    .join('\n');
}

/** The ledger, the bars and what they hang on. */
export const market0001: Migration = {
  async up(db: Kysely<unknown>) {
    for (const part of ['create schema market;', instruments, bars, yearPartitions(), ledger, operation]) {
      await sql.raw(part).execute(db);
    }
  },
};
