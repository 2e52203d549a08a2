import { sql, type RawBuilder } from 'kysely';
import type { Transaction } from '../transaction.ts';

/** Makes a temporary table of rows, in place of one of that name, until the transaction ends. */
export async function temporary(
  tx: Transaction,
  name: 'misplaced' | 'moving',
  rows: RawBuilder<unknown>,
): Promise<void> {
  await sql`drop table if exists pg_temp.${sql.ref(name)}`.execute(tx);
  await sql`create temp table ${sql.ref(name)} on commit drop as ${rows}`.execute(tx);
}
