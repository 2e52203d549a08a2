import { sql } from 'kysely';
import type { SessionDate } from '../domain/session.ts';
import type { DateRange } from '../domain/date-range.ts';
import type { Database } from './database.ts';
import type { SourceName } from '../domain/source.ts';

/** For each instrument the days (since 1970-01-01) of the range on which it has a settled bar. */
export async function settledDays(
  db: Database,
  query: {
    readonly instrumentIds: readonly number[];
    readonly source: SourceName;
    readonly range: DateRange;
  },
): Promise<ReadonlyMap<number, readonly number[]>> {
  const { rows } = await sql<{ instrument_id: number; days: number[] }>`
    select instrument_id, array_agg(session_date - date '1970-01-01') as days from market.daily_bars
    where instrument_id = any(${query.instrumentIds}::int[]) and source = ${query.source}
      and session_date between ${query.range.from} and ${query.range.to} and settled
    group by instrument_id`.execute(db);
  return new Map(rows.map(({ instrument_id, days }) => [instrument_id, days]));
}

/** The session of the oldest bar of any source; null when there is none. */
export async function firstStoredSession(db: Database): Promise<SessionDate | null> {
  const { rows } = await sql<{ first: SessionDate | null }>`
    select min(session_date) as first from market.daily_bars`.execute(db);
  return rows[0]?.first ?? null;
}
