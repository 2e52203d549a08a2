import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { findingEvents } from './0005-findings/finding-events.ts';

/** The life of what was found wrong. */
export const findings0005: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw(findingEvents).execute(db);
  },
};
