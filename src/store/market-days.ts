import { sql } from 'kysely';
import type pg from 'pg';
import type { SessionDate } from '../domain/session.ts';
import type { Database } from './database.ts';

/** Stored days that the usual row count is taken from. */
const daysOfComparison = 10;

/**
 * The usual number of rows of a whole market around a session: the median of the ten stored days nearest to it, itself
 * left out; null with fewer than ten.
 */
export async function usualRowCount(
  db: Database,
  source: string,
  session: SessionDate,
): Promise<number | null> {
  const { rows } = await sql<{ days: number; median: number | null }>`
    select count(*)::int as days, percentile_cont(0.5) within group (order by row_count) as median
    from (
      select row_count from market.market_days where source = ${source} and session_date <> ${session}::date
      order by abs(session_date - ${session}::date) limit ${daysOfComparison}
    ) nearest`.execute(db);
  const [{ days, median } = { days: 0, median: null }] = rows;
  return days < daysOfComparison ? null : median;
}

/** Notes how many rows a whole-market answer had, inside the caller's transaction. */
export async function noteMarketDay(
  client: pg.PoolClient,
  day: {
    readonly source: string;
    readonly session: SessionDate;
    readonly rowCount: number;
    readonly runId: string;
    readonly observedAt: string;
  },
): Promise<void> {
  await client.query(
    `insert into market.market_days as known (source, session_date, row_count, run_id, observed_at)
     values ($1, $2, $3, $4, $5)
     on conflict (source, session_date) do update
       set row_count = excluded.row_count, run_id = excluded.run_id, observed_at = excluded.observed_at
     where known.row_count is distinct from excluded.row_count and known.observed_at <= excluded.observed_at`,
    [day.source, day.session, day.rowCount, day.runId, day.observedAt],
  );
}
