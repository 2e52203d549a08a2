import { sql, type RawBuilder } from 'kysely';
import type { SessionDate } from '../domain/session.ts';
import { exchangeZone } from '../domain/exchange-time.ts';
import type { Database } from './database.ts';

/** An instant of the database's clock that reads are as of, in ISO 8601; with microseconds where it has any. */
export type AsOf = string;

/** An instant as text of which nothing is lost. */
export const instantText = (instant: RawBuilder<unknown>) =>
  sql`regexp_replace(to_char(${instant} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '000Z$', 'Z')`;

const settled = sql`(select through, market.last_change(through) as last from market.take_instant() through) settled`;

/**
 * The last instant at which something became known; all that is written from now on becomes known after it. It waits for
 * writers to end, a second at most; beside one that takes longer it is the last before that one began.
 */
export async function takeInstant(db: Database): Promise<AsOf> {
  const { rows } = await sql<{
    last: AsOf;
  }>`select ${instantText(sql`last`)} as last from ${settled}`.execute(db);
  return rows[0]?.last ?? '';
}

/** What is asked for: an instant in ISO 8601, or the end of a date in New York. */
export type AskedInstant =
  { readonly kind: 'instant'; readonly text: string } | { readonly kind: 'date'; readonly date: SessionDate };

const endOf = (date: SessionDate) =>
  sql`((${date}::date + 1)::timestamp at time zone ${exchangeZone}) - interval '1 microsecond'`;

/**
 * The instant that is asked for, or the last one at which something became known where it has not passed beside those who
 * write, or is on a day that has not ended; null: it lies ahead.
 */
export async function settledInstant(db: Database, asked: AskedInstant): Promise<AsOf | null> {
  const [wished, begun] =
    asked.kind === 'date'
      ? [endOf(asked.date), sql`${asked.date}::date::timestamp at time zone ${exchangeZone}`]
      : [sql`${asked.text}::timestamptz`, sql`${asked.text}::timestamptz`];
  const { rows } = await sql<{ instant: AsOf; ahead: boolean }>`
    select ${instantText(sql`case when ${wished} <= through then ${wished} else last end`)} as instant,
      ${begun} > clock_timestamp() as ahead
    from ${settled}`.execute(db);
  return rows[0]?.ahead === false ? rows[0].instant : null;
}

/** Whether a row that says until when it was known was known at an instant. */
export function wasKnownAt(row: string, instant: RawBuilder<unknown>): RawBuilder<unknown> {
  const [from, until] = [sql.ref(`${row}.known_from`), sql.ref(`${row}.known_until`)];
  return sql`(${from} <= ${instant} and (${until} is null or ${until} > ${instant}))`;
}

/** The same of an instant that a read is as of; unset: it is known now. */
export function wasKnown(row: string, asOf: AsOf | undefined): RawBuilder<unknown> {
  if (asOf === undefined) return sql`${sql.ref(`${row}.known_until`)} is null`;
  return wasKnownAt(row, sql`${asOf}::timestamptz`);
}

/** The rows of a table that were known at an instant, by the name of its history; unset: those of now. */
export function rowsAsOf(table: string, history: string, asOf: AsOf | undefined): RawBuilder<unknown> {
  if (asOf === undefined) return sql.table(`market.${table}`);
  return sql`(select * from ${sql.table(`market.${history}_history`)} version where ${wasKnown('version', asOf)})`;
}
