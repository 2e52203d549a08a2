import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { corporateActions } from './0002-actions/corporate-actions.ts';
import { findings } from './0002-actions/findings.ts';
import { fundamentals } from './0002-actions/fundamentals.ts';

/** Corporate actions, findings, fundamentals. */
export const actions0002: Migration = {
  async up(db: Kysely<unknown>) {
    for (const part of [corporateActions, findings, fundamentals]) await sql.raw(part).execute(db);
  },
};
