import { sql } from 'kysely';
import type { SessionDate } from '../domain/session.ts';
import type { Database } from './database.ts';

/** The session of the oldest bar of any source; null when there is none. */
export async function firstStoredSession(db: Database): Promise<SessionDate | null> {
  const { rows } = await sql<{ first: SessionDate | null }>`
    select min(session_date) as first from market.daily_bars`.execute(db);
  return rows[0]?.first ?? null;
}
