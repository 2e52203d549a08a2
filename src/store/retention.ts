import { sql } from 'kysely';
import type { SessionDate } from '../domain/session.ts';
import type { RetainedTable } from '../runs/maintenance-request.ts';
import type { Database } from './database.ts';

/** The rows of each table that expire: those of runs that have ended before a date, midnight in New York. */
const expired = {
  run_events: (before: SessionDate) => sql`select event.id from market.run_events event
    join market.runs run using (run_id)
    where run.closed_at < ${before}::date::timestamp at time zone 'America/New_York'`,
} as const satisfies Readonly<Record<RetainedTable, (before: SessionDate) => unknown>>;

/** How many rows of a table have expired. */
export async function countExpired(db: Database, table: RetainedTable, before: SessionDate): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (${expired[table](before)}) expired`.execute(db);
  return rows[0]?.count ?? 0;
}

/** Deletes expired rows of a table, the oldest first and no more than `limit`; returns how many. */
export async function deleteExpired(
  db: Database,
  {
    table,
    before,
    limit,
  }: { readonly table: RetainedTable; readonly before: SessionDate; readonly limit: number },
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from ${sql.table(`market.${table}`)}
    where id in (${expired[table](before)} order by event.id limit ${limit})`.execute(db);
  return Number(numAffectedRows ?? 0);
}
