import { sql } from 'kysely';
import type { Interval } from '../domain/interval.ts';
import type { SessionDate } from '../domain/session.ts';
import type { Database } from './database.ts';
import type { SourceName } from '../domain/source.ts';
import { packedDays, readDays, type DaysById } from './stored-days.ts';

/** How many bars of an interval a session has. */
export interface ExpectedBars {
  readonly session: SessionDate;
  readonly bars: number;
}

/**
 * For each instrument the days (since 1970-01-01) of the sessions that have bars, and of which every bar is settled or
 * has a recorded absence.
 */
export async function settledIntradayDays(
  db: Database,
  query: {
    readonly instrumentIds: readonly number[];
    readonly source: SourceName;
    readonly interval: Interval;
    readonly expected: readonly ExpectedBars[];
  },
): Promise<DaysById> {
  const { expected, instrumentIds, source, interval } = query;
  const [from, to] = [expected.at(0)?.session, expected.at(-1)?.session];
  if (from === undefined || to === undefined) return new Map();
  const within = sql`instrument_id = any(${instrumentIds}::int[]) and source = ${source} and interval = ${interval}
    and session_date between ${from}::date and ${to}::date`;
  const { rows } = await sql<{ id: number; days: Buffer }>`
    with known as (
      select instrument_id, session_date, count(*) as bars from market.intraday_bars
      where ${within} and settled group by instrument_id, session_date
      union all
      select instrument_id, session_date, count(*) from market.bar_absences
      where ${within} and confirmed and opens_at is not null group by instrument_id, session_date
    ), complete as (
      select instrument_id, session_date from known
      join unnest(${expected.map(({ session }) => session)}::date[], ${expected.map(({ bars }) => bars)}::int[])
        as expected(session_date, bars) using (session_date)
      group by instrument_id, session_date having sum(known.bars) >= max(expected.bars)
    )
    select instrument_id as id, ${packedDays(sql`session_date`)} as days from complete
    group by instrument_id`.execute(db);
  return new Map(rows.map(({ id, days }) => [id, readDays(days)]));
}
