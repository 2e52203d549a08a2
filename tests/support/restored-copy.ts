import { sql } from 'kysely';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { pipeline } from 'node:stream/promises';
import type { Store } from '../../src/store/database.ts';
import { freshDatabase, type TestDatabase } from './database.ts';

/**
 * What a dump of the data of one database, restored into another, makes of it: every table as COPY writes it, in text, read
 * back with triggers off, and where each sequence stood. The embedded server brings no `pg_dump`.
 */
export async function restoredCopy(store: Store): Promise<TestDatabase> {
  const restored = await freshDatabase();
  const { rows: tables } = await sql<{ name: string }>`
    select format('%I.%I', nspname, relname) as name
    from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where nspname = 'market' and relkind in ('r', 'p') and not relispartition order by 1`.execute(store.db);
  for (const { name } of tables) await copyTable(store, restored, name);
  const { rows: sequences } = await sql<{ name: string; last: number | null }>`
    select format('%I.%I', schemaname, sequencename) as name, last_value as last from pg_sequences
    where schemaname = 'market'`.execute(store.db);
  for (const { name, last } of sequences)
    if (last !== null) await sql`select setval(${name}::regclass, ${last}::bigint)`.execute(restored.db);
  return restored;
}

async function copyTable(from: Store, to: Store, name: string): Promise<void> {
  const [source, target] = [await from.connect(), await to.connect()];
  try {
    await target.query(`begin; set local session_replication_role = replica; delete from ${name}`);
    await pipeline(
      source.query(copyTo(`copy (select * from ${name}) to stdout`)),
      target.query(copyFrom(`copy ${name} from stdin`)),
    );
    await target.query('commit');
  } finally {
    source.release();
    target.release();
  }
}
