import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { indexes } from './0012-coverage/indexes.ts';
import { masks } from './0012-coverage/masks.ts';
import { pendingMasks } from './0012-coverage/pending-masks.ts';
import { rebuild } from './0012-coverage/rebuild.ts';
import { tables } from './0012-coverage/tables.ts';
import { triggers } from './0012-coverage/triggers.ts';

/** Which days are covered, as masks of months, and what else is read by pages rather than by runs. */
export const coverage0012: Migration = {
  async up(db: Kysely<unknown>) {
    for (const part of [tables, masks, pendingMasks, rebuild.recompute, triggers, rebuild.fill, indexes])
      await sql.raw(part).execute(db);
  },
};
