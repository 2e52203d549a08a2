/** What was to be done and what came of it: runs, their loads and requests, and what they said. */
export const ledger = `
create table market.runs (
  run_id uuid primary key,
  workflow_id text not null,
  namespace text not null default 'default',
  namespace_id text,
  flow text not null,
  parameters jsonb not null,
  sessions jsonb not null,
  status text not null check (status in
    ('running', 'paused', 'cancelling', 'completed', 'failed', 'cancelled', 'terminated')),
  started_by text,
  parent_run_id uuid,
  started_at timestamptz not null,
  closed_at timestamptz,
  requests integer not null default 0,
  lookups integer not null default 0,
  summary jsonb
);
comment on column market.runs.namespace_id is 'of the Temporal server that it runs on: another server of the same name has another';
create index runs_by_start on market.runs (started_at desc);
create index runs_by_workflow on market.runs (workflow_id);
create index runs_open on market.runs (run_id) where closed_at is null;
create index runs_by_end on market.runs (closed_at);
create index runs_by_parent on market.runs (parent_run_id) where parent_run_id is not null;
-- No foreign keys: they would be half of the time of entering ten thousand loads. A run is entered before its loads, and
-- neither runs nor instruments are ever deleted.
create table market.load_runs (
  id bigint generated always as identity primary key,
  workflow_id text not null,
  run_id uuid not null,
  symbol text not null,
  instrument_id integer,
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
  -- Two companies may have had one ticker, one after the other.
  unique nulls not distinct (run_id, symbol, instrument_id)
-- Room for the next version of a row beside it: an update then touches no index.
) with (fillfactor = 50);
create index load_runs_by_instrument on market.load_runs (instrument_id, id);
create table market.load_requests (
  id bigint generated always as identity primary key,
  run_id uuid not null references market.runs,
  wave integer not null,
  batch integer not null,
  load_id bigint references market.load_runs,
  ticker text,
  range_start date not null,
  range_end date not null,
  status text not null check (status in ('pending', 'done', 'failed')),
  requests integer not null default 0,
  error_kind text,
  error_message text,
  asked_at timestamptz,
  asked_lane text,
  closed_at timestamptz
);
create index load_requests_by_batch on market.load_requests (run_id, wave, batch);
create index load_requests_by_load on market.load_requests (load_id) where load_id is not null;
create index load_requests_of_markets on market.load_requests (run_id, range_start) where load_id is null;
comment on table market.load_requests is 'the requests of a run in waves: its plan, then retries; without load_id: one session of the whole market';
comment on column market.load_requests.ticker is 'what is asked for where the history of symbols says what it was called; null: what it is called today';
comment on column market.load_requests.asked_at is 'since when it is asked; null before, and once more where it was not asked after all';
create table market.endpoint_comparisons (
  run_id uuid not null,
  instrument_id integer not null,
  session_date date not null,
  outcome text not null check (outcome in ('same', 'differs', 'failed')),
  compared_at timestamptz not null default clock_timestamp(),
  primary key (run_id, instrument_id, session_date)
);
comment on table market.endpoint_comparisons is 'bars of whole-market answers that a run has asked once more by symbol';
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
