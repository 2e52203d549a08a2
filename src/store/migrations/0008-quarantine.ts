import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { quarantine } from './0008-quarantine/quarantine.ts';

/** What became of what was refused on the way in. */
export const quarantine0008: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw(quarantine).execute(db);
  },
};
