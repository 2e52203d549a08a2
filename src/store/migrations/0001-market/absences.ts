/** Where there is no bar, and why; what whole-market answers were like. */
export const absences = `
create table market.bar_absences (
  instrument_id integer not null references market.instruments,
  source text not null,
  interval text not null,
  session_date date not null,
  opens_at timestamptz,
  reason text not null check (reason in ('not_listed', 'no_trade', 'halted', 'history_floor')),
  confirmed boolean not null,
  run_id uuid not null,
  observed_at timestamptz not null,
  constraint bar_absences_key unique nulls not distinct (instrument_id, source, interval, session_date, opens_at)
);
comment on column market.bar_absences.opens_at is 'the missing bar of an interval shorter than a session; null: the whole session';
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
