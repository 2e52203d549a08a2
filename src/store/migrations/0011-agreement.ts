import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const agreement = `
create table market.source_agreement (
  instrument_id integer not null references market.instruments,
  source text not null,
  other_source text not null,
  month date not null check (date_trunc('month', month) = month),
  field text not null check (field in ('open', 'high', 'low', 'close', 'volume')),
  within integer not null check (within >= 0),
  beyond integer not null check (beyond >= 0),
  run_id uuid not null,
  primary key (instrument_id, source, other_source, month, field)
);
comment on table market.source_agreement is
  'how many settled cells of a month two sources tell alike, within a tolerance, and how many not; of the whole month each time';
`;

/** How far the sources agree. */
export const agreement0011: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw(agreement).execute(db);
  },
};
