import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { datedLists } from './0004-identity/dated-lists.ts';
import { moves } from './0004-identity/moves.ts';
import { symbolHistory } from './0004-identity/symbol-history.ts';

/** Who bore which ticker when, what that was told from, and what was moved by it. */
export const identity0004: Migration = {
  async up(db: Kysely<unknown>) {
    for (const part of [symbolHistory, datedLists, moves]) await sql.raw(part).execute(db);
  },
};
