import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const marketScores = `
create table market.market_scores (
  source text not null,
  session_date date not null,
  score double precision not null,
  primary key (source, session_date)
);
comment on table market.market_scores is
  'how far the symbols of a source went out of themselves in a session: the median, in their own scales';
`;

/** What a bar is held against beside its own symbol. */
export const marketScores0009: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw(marketScores).execute(db);
  },
};
