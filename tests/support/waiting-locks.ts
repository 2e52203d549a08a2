import { sql } from 'kysely';
import type { Database } from '../../src/store/database.ts';

/** How many wait for a lock on a table of this database, or on a partition of it. */
export async function waitingLocks(db: Database, table: string): Promise<number> {
  // Databases made of one template call their tables by the same numbers.
  const { rows } = await sql<{ waiting: number }>`
    select count(*)::int as waiting from pg_locks
    where not granted and database = (select oid from pg_database where datname = current_database())
      and (relation = ${table}::regclass or relation in (select relid from pg_partition_tree(${table})))`.execute(
    db,
  );
  return rows[0]?.waiting ?? 0;
}
