import { columnsOf, knownFrom, versionsOf } from '../versions.ts';

const tables = `
create table market.bar_absences (
  instrument_id integer not null references market.instruments,
  source text not null,
  interval text not null,
  session_date date not null,
  last_session date not null,
  opens_at timestamptz,
  reason text not null check (reason in ('not_listed', 'no_trade', 'halted', 'history_floor', 'withdrawn')),
  confirmed boolean not null,
  run_id uuid not null,
  observed_at timestamptz not null,
  tellers jsonb,
  ${knownFrom},
  constraint bar_absences_key unique nulls not distinct (instrument_id, source, interval, session_date, opens_at),
  check (last_session >= session_date and (opens_at is null or last_session = session_date))
);
comment on table market.bar_absences is 'sessions running, by the exchange calendar, of one instrument, source, interval, reason and state of confirmation are one row';
comment on column market.bar_absences.session_date is 'the first session';
comment on column market.bar_absences.last_session is 'the last session; the two are one and the same where a single session lacks';
comment on column market.bar_absences.opens_at is 'the missing bar of an interval shorter than a session; null: whole sessions';
comment on column market.bar_absences.confirmed is 'false: seen once, too early to be believed; the sessions stay due';
comment on column market.bar_absences.run_id is 'the run that told it, of several the last';
comment on column market.bar_absences.tellers is 'where several answers told it: from which session on which run told it, and when; null: one answer';
create table market.bar_lapses (
  instrument_id integer not null,
  source text not null,
  interval text not null,
  session_date date not null,
  missing_since timestamptz not null,
  primary key (instrument_id, source, interval, session_date)
);
comment on table market.bar_lapses is 'stored bars that the last whole answer of their source lacked, and since when';
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

const versions = versionsOf({
  table: 'bar_absences',
  name: 'bar_absence',
  key: [
    ...columnsOf('instrument_id', 'source', 'interval', 'session_date'),
    (row) => `coalesce(${row}.opens_at, 'infinity')`,
  ],
  index: ['instrument_id', 'source', 'interval', 'session_date'],
});

/** Where there is no bar, and why; what whole-market answers were like. */
export const absences = [tables, versions].join('\n');
