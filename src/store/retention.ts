import { sql, type RawBuilder } from 'kysely';
import type { SessionDate } from '../domain/session.ts';
import type { RetainedTable } from '../runs/maintenance-request.ts';
import type { Database } from './database.ts';

const endOf = (before: SessionDate) => sql`${before}::date::timestamp at time zone 'America/New_York'`;

/**
 * The rows that expire with each table, by the table they are in: those of runs that have ended before a date, midnight
 * in New York. With what a run has said goes the evidence that it has kept.
 */
const expired = {
  run_events: {
    run_events: (before: SessionDate) => sql`select event.id from market.run_events event
      join market.runs run using (run_id)
      where run.closed_at < ${endOf(before)}`,
    rejected_rows: (before: SessionDate) => sql`select event.id from market.rejected_rows event
      left join market.runs run using (run_id)
      where run.closed_at < ${endOf(before)} or (event.run_id is null and event.rejected_at < ${endOf(before)})`,
  },
} as const satisfies Readonly<
  Record<RetainedTable, Readonly<Record<string, (before: SessionDate) => RawBuilder<unknown>>>>
>;

/** How many rows have expired with a table. */
export async function countExpired(db: Database, table: RetainedTable, before: SessionDate): Promise<number> {
  let sum = 0;
  for (const rowsOf of Object.values(expired[table])) {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from (${rowsOf(before)}) expired`.execute(db);
    sum += rows[0]?.count ?? 0;
  }
  return sum;
}

/** Deletes rows that have expired with a table, the oldest first and no more than `limit`; returns how many. */
export async function deleteExpired(
  db: Database,
  {
    table,
    before,
    limit,
  }: { readonly table: RetainedTable; readonly before: SessionDate; readonly limit: number },
): Promise<number> {
  let deleted = 0;
  for (const [name, rowsOf] of Object.entries(expired[table])) {
    const { numAffectedRows } = await sql`
      delete from ${sql.table(`market.${name}`)}
      where id in (${rowsOf(before)} order by event.id limit ${limit - deleted})`.execute(db);
    deleted += Number(numAffectedRows ?? 0);
  }
  return deleted;
}
