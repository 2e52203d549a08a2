import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Not valid: what is stored has one of the two reasons there were, and need not be read to know it. */
const reasons = `check (reason in ('partial', 'warming_up', 'blocked')) not valid`;

const blocking = `
alter table market.indicators drop constraint indicators_reason_check,
  add constraint indicators_reason_check ${reasons};
alter table market.indicator_revisions drop constraint indicator_revisions_reason_check,
  add constraint indicator_revisions_reason_check ${reasons};
comment on column market.indicators.reason is
  'why values lack: blocked, an open error says that a field of the bar is wrong; partial, a session before has no bar; warming_up, there are not enough bars before';
alter table market.indicator_states add column blocked_sum double precision not null default 0;
comment on column market.indicator_states.blocked_sum is 'tells which fields were blocked when the rows were computed';
create index quality_findings_blocking on market.quality_findings (instrument_id, source)
  where status = 'open' and severity = 'error';
`;

/** Fields of bars that an open error says are wrong count as no trade for the indicators. */
export const blocking0006: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw(blocking).execute(db);
  },
};
