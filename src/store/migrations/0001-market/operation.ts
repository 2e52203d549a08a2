/** What the workers share: whose database it is, the reference lists, the budgets of providers, who works. */
export const operation = `
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
  doubted_days integer not null default 0,
  doubted_at timestamptz,
  doubted_instruments integer,
  primary key (source, list)
);
comment on column market.reference_syncs.completed_at is 'when the list was last read whole';
comment on column market.reference_syncs.doubted_at is 'when it was seen too short to be believed since; null: not';
comment on column market.reference_syncs.doubted_days is 'days running on which it was as short as it was last seen';
create table market.provider_budgets (
  provider text not null,
  key_hash text not null,
  base_url text not null,
  next_slot_at timestamptz not null,
  refusals integer not null default 0 check (refusals >= 0),
  blocked_until timestamptz,
  trial_by text,
  trial_until timestamptz,
  live_waits_until timestamptz,
  background_waits_until timestamptz,
  live_lead integer not null default 0 check (live_lead >= 0),
  counted_minute timestamptz,
  minute_requests integer not null default 0,
  counted_day date,
  day_requests integer not null default 0,
  primary key (provider, key_hash, base_url),
  check ((trial_by is null) = (trial_until is null))
);
comment on column market.provider_budgets.next_slot_at is 'when the next request may be sent, whoever sends it';
comment on column market.provider_budgets.refusals is 'for too many requests, in a row; above 0 one request has to be served before others follow';
comment on column market.provider_budgets.blocked_until is 'nothing is sent before; null after a request was served';
comment on column market.provider_budgets.trial_by is 'the one request that is under way after a block; it counts as lost at trial_until';
comment on column market.provider_budgets.live_waits_until is 'a live request comes for the next slot by then; null: none waits';
comment on column market.provider_budgets.background_waits_until is 'the same of requests that fill up the past';
comment on column market.provider_budgets.live_lead is 'slots that live requests have had since the last background one';
comment on column market.provider_budgets.counted_day is 'the UTC day that day_requests counts; counted_minute is the minute of minute_requests';
create table market.late_firings (
  launcher text primary key,
  flow text not null,
  parameters jsonb not null,
  nominal_time timestamptz not null,
  beside boolean not null,
  entered_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp(),
  run text,
  decided_at timestamptz,
  joined jsonb
);
comment on table market.late_firings is 'firings of schedules that come late, as after an outage: one run is for all that come together';
create table market.turns (
  name text primary key,
  holder text not null,
  lane text not null,
  held_until timestamptz not null,
  done_at timestamptz
);
comment on table market.turns is 'work that several runs want at once, such as reading a list: one does it, whatever server it runs on';
comment on column market.turns.held_until is 'who holds it moves this forward while it works; after it nobody does';
comment on column market.turns.done_at is 'when it was last brought to its end';
create table market.schedule_pauses (
  schedule_id text primary key,
  namespace_id text not null,
  note text not null,
  seen_at timestamptz not null default now()
);
comment on table market.schedule_pauses is 'schedules that people have paused: where Temporal has lost them they are made anew as they were';
create table market.workers (
  identity text primary key,
  namespace_id text,
  pool text not null,
  market text not null,
  base_urls jsonb not null,
  key_fingerprint text,
  host text not null,
  pid integer not null,
  metrics_address text,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null,
  stopped_at timestamptz
);
comment on column market.workers.metrics_address is 'host:port where /metrics answers; null: they go to a collector';
`;
