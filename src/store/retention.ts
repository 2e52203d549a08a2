import { sql, type RawBuilder } from 'kysely';
import type { SessionDate } from '../domain/session.ts';
import type { RetainedTable } from '../runs/maintenance-request.ts';
import type { Database } from './database.ts';

const endOf = (before: SessionDate) => sql`${before}::date::timestamp at time zone 'America/New_York'`;

/** Of rows that expire before a date: the column that they go by, and what of them is in it. */
interface Expired {
  readonly key: string;
  readonly rows: (before: SessionDate) => RawBuilder<unknown>;
}

/**
 * The rows that expire with each table, by the table they are in: those of runs that have ended before a date, midnight
 * in New York. With what a run has said goes the evidence that it has kept, and when something became known: reads ask
 * for the last such instant before now, or before a writer who has not ended began. The last one before the date stays.
 */
const expired = {
  run_events: {
    run_events: {
      key: 'id',
      rows: (before) => sql`select event.id from market.run_events event
        join market.runs run using (run_id)
        where run.closed_at < ${endOf(before)}`,
    },
    rejected_rows: {
      key: 'id',
      rows: (before) => sql`select event.id from market.rejected_rows event
        left join market.runs run using (run_id)
        where run.closed_at < ${endOf(before)} or (event.run_id is null and event.rejected_at < ${endOf(before)})`,
    },
    changes: {
      key: 'known_from',
      rows: (before) => sql`select event.known_from from market.changes event
        where event.known_from < (select max(known_from) from market.changes
          where known_from < least(${endOf(before)}, clock_timestamp() - interval '1 day'))`,
    },
  },
} as const satisfies Readonly<Record<RetainedTable, Readonly<Record<string, Expired>>>>;

/** How many rows have expired with a table. */
export async function countExpired(db: Database, table: RetainedTable, before: SessionDate): Promise<number> {
  let sum = 0;
  for (const { rows: rowsOf } of Object.values(expired[table])) {
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
  for (const [name, { key, rows: rowsOf }] of Object.entries(expired[table])) {
    const { numAffectedRows } = await sql`
      delete from ${sql.table(`market.${name}`)}
      where ${sql.ref(key)} in (${rowsOf(before)} order by ${sql.ref(`event.${key}`)} limit ${limit - deleted})`.execute(
      db,
    );
    deleted += Number(numAffectedRows ?? 0);
  }
  return deleted;
}
