import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { columnsOf, knownFrom, versionsOf } from './versions.ts';

const corrections = `
create table market.consumer_sources (
  position smallint primary key,
  source text not null unique
);
comment on table market.consumer_sources is 'whose bar a consumer is served, the first of them that is settled and not blocked';
insert into market.consumer_sources (position, source) values (1, 'polygon'), (2, 'yahoo');

create table market.bar_corrections (
  instrument_id integer not null references market.instruments,
  source text not null,
  session_date date not null,
  field text not null check (field in ('open', 'high', 'low', 'close', 'volume')),
  value double precision not null,
  observed double precision not null,
  taken_from text,
  finding_id bigint,
  person text not null,
  reason text not null,
  ${knownFrom},
  primary key (instrument_id, source, session_date, field)
);
comment on table market.bar_corrections is 'what persons say fields of daily bars are; what was observed stays in market.daily_bars';
comment on column market.bar_corrections.value is 'in the shares of the session, as observed is';
comment on column market.bar_corrections.observed is 'what it corrects: another value of the bar is not corrected by it';
comment on column market.bar_corrections.taken_from is 'the source whose value it is; null: a person wrote it';
`;

const versions = versionsOf({
  table: 'bar_corrections',
  name: 'bar_correction',
  key: columnsOf('instrument_id', 'source', 'session_date', 'field'),
  index: ['instrument_id', 'session_date'],
});

/** What became of a finding becomes known as all else does: reads as of an instant tell it from what came later. */
const findingsKnown = `
create or replace function market.note_finding() returns trigger language plpgsql as $$
declare
  -- A transaction in which a person speaks says who that is.
  speaker text := nullif(current_setting('market.person', true), '');
  told text := case
    when tg_op = 'INSERT' then 'opened'
    when new.status <> old.status then case new.status when 'open' then 'reopened' else new.status end
    when new.status = 'accepted' and new.reason is distinct from old.reason then 'accepted'
    when (new.severity, market.accepted_of(new)) is distinct from (old.severity, market.accepted_of(old)) then 'seen'
  end;
begin
  if told is not null then
    insert into market.finding_events (finding_id, event, at, run_id, person, reason, severity, evidence)
    values (new.id, told, market.stamp()::timestamptz, case when speaker is null then new.run_id end, speaker,
      case when told <> 'seen' then new.reason end, new.severity, new.evidence);
  end if;
  return null;
end $$;
`;

/** Corrections of bars by persons, and whose bar is served to consumers. */
export const corrections0007: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw([corrections, versions, findingsKnown].join('\n')).execute(db);
  },
};
