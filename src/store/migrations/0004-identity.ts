import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { datedLists } from './0004-identity/dated-lists.ts';
import { symbolHistory } from './0004-identity/symbol-history.ts';

/** Who bore which ticker when, and what that was told from. */
export const identity0004: Migration = {
  async up(db: Kysely<unknown>) {
    for (const part of [symbolHistory, datedLists]) await sql.raw(part).execute(db);
  },
};
