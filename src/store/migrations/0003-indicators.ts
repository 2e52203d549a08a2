import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { indicatorTables } from './0003-indicators/indicators.ts';
import { states } from './0003-indicators/states.ts';

/** Technical indicators, what they were before, and what they were computed from. */
export const indicators0003: Migration = {
  async up(db: Kysely<unknown>) {
    for (const part of [indicatorTables, states]) await sql.raw(part).execute(db);
  },
};
