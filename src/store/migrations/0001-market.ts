import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { absences } from './0001-market/absences.ts';
import { bars } from './0001-market/bars.ts';
import { clock } from './0001-market/clock.ts';
import { instruments } from './0001-market/instruments.ts';
import { ledger } from './0001-market/ledger.ts';
import { operation } from './0001-market/operation.ts';
import { rejectedRows } from './0001-market/rejected-rows.ts';
import { snapshots } from './0001-market/snapshots.ts';

/** The instruments, the bars of both kinds, and the ledger. */
export const market0001: Migration = {
  async up(db: Kysely<unknown>) {
    for (const part of [
      'create schema market;',
      clock,
      instruments,
      bars,
      absences,
      ledger,
      rejectedRows,
      operation,
      snapshots,
    ])
      await sql.raw(part).execute(db);
  },
};
