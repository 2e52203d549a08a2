import { sql } from 'kysely';
import { instantText, type AsOf } from './as-of.ts';
import type { Database } from './database.ts';

/** A name for an instant. */
export interface Snapshot {
  readonly name: string;
  readonly asOf: AsOf;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** A letter first: no date begins with one. */
export function isSnapshotName(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9._-]{0,63}$/.test(text);
}

/** All snapshots, the oldest instant first. */
export async function readSnapshots(db: Database): Promise<readonly Snapshot[]> {
  const { rows } = await sql<Snapshot>`
    select name, ${instantText(sql.ref('as_of'))} as "asOf", ${instantText(sql.ref('created_at'))} as "createdAt"
    from market.snapshots order by as_of, name collate "C"`.execute(db);
  return rows;
}

/** The instant of a snapshot; null: there is none of that name. */
export async function snapshotInstant(db: Database, name: string): Promise<AsOf | null> {
  const { rows } = await sql<{ asOf: AsOf }>`
    select ${instantText(sql.ref('as_of'))} as "asOf" from market.snapshots where name = ${name}`.execute(db);
  return rows[0]?.asOf ?? null;
}

/** Gives an instant a name; false: the name is another instant's. The same once more changes nothing. */
export async function addSnapshot(db: Database, name: string, asOf: AsOf): Promise<boolean> {
  const { rows } = await sql<{ same: boolean }>`
    insert into market.snapshots as known (name, as_of) values (${name}, ${asOf}::timestamptz)
    on conflict (name) do update set name = known.name
    returning as_of = ${asOf}::timestamptz as same`.execute(db);
  return rows[0]?.same === true;
}

/** Takes a name away; false: there was none. */
export async function removeSnapshot(db: Database, name: string): Promise<boolean> {
  const { rows } = await sql`delete from market.snapshots where name = ${name} returning name`.execute(db);
  return rows.length > 0;
}
