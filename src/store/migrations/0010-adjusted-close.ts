import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const adjustedClose = `
create table market.adjusted_closes (
  instrument_id integer not null references market.instruments,
  source text not null,
  sessions datemultirange not null default '{}',
  observed_at timestamptz not null default '-infinity',
  primary key (instrument_id, source)
);
comment on table market.adjusted_closes is 'the days into which a source has told every step of its adjusted close over its close';
comment on column market.adjusted_closes.observed_at is 'the last answer that has told any';
create table market.adjusted_steps (
  instrument_id integer not null references market.instruments,
  source text not null,
  session_date date not null,
  before_session date not null,
  share double precision not null,
  observed_at timestamptz not null,
  primary key (instrument_id, source, session_date),
  check (before_session < session_date)
);
comment on table market.adjusted_steps is
  'where the adjusted close of a source departs from its close: each dividend changes all values before it, but no other step';
comment on column market.adjusted_steps.before_session is 'the session before it that has both closes';
comment on column market.adjusted_steps.share is 'what is taken out of the close before: a dividend over that close';
comment on column market.adjusted_steps.observed_at is 'since when it is told like this';
`;

/** What a source says that its adjusted close is of its close. */
export const adjustedClose0010: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw(adjustedClose).execute(db);
  },
};
