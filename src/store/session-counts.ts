import { sql } from 'kysely';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import type { Database } from './database.ts';

interface Count {
  readonly session: SessionDate;
  readonly steady: number;
  readonly came: number;
}

/**
 * Of sessions that follow each other, how many instruments have a daily bar of each of so many before, and how many of
 * these have one of the session; the first of the sessions have too few before them, and are left out.
 */
export async function sessionCounts(
  db: Database,
  source: SourceName,
  { sessions, before }: { readonly sessions: readonly SessionDate[]; readonly before: number },
): Promise<readonly Count[]> {
  const { rows } = await sql<Count>`
    with days as materialized (
      select session, at::int, date_trunc('month', session)::date as month, extract(day from session)::int - 1 as bit
      from unnest(${sessions}::date[]) with ordinality listed(session, at)
    ), runs as (
      -- How many sessions running a bar is the last of.
      select at, row_number() over (partition by instrument_id, island order by at) as length from (
        select kept.instrument_id, days.at,
          days.at - row_number() over (partition by kept.instrument_id order by days.at) as island
        from days join market.coverage_months kept using (month)
        where kept.source = ${source} and kept.interval = '1d' and (kept.settled | kept.provisional) >> days.bit & 1 = 1
      ) bars
    ), counted as (
      select at, count(*) filter (where length >= ${before})::int as steady,
        count(*) filter (where length > ${before})::int as came
      from runs group by at
    )
    select days.session, coalesce(earlier.steady, 0) as steady, coalesce(counted.came, 0) as came
    from days left join counted using (at) left join counted earlier on earlier.at = days.at - 1
    where days.at > ${before} order by days.at`.execute(db);
  return rows;
}

/** Whether a source may have daily bars after a session: false for certain where none was ever kept of a later month. */
export async function mayHaveBarsAfter(
  db: Database,
  source: SourceName,
  session: SessionDate,
): Promise<boolean> {
  const { rows } = await sql<{ may: boolean }>`
    select exists (select from market.coverage_versions where source = ${source} and interval = '1d'
      and month >= date_trunc('month', ${session}::date)) as may`.execute(db);
  return rows[0]?.may ?? true;
}

/** The newest session of which a source has a daily bar; null: it has none. */
export async function newestSession(db: Database, source: SourceName): Promise<SessionDate | null> {
  const { rows } = await sql<{ session: SessionDate }>`
    select month + 32 - position(B'1' in bit_or(settled | provisional)::bit(32)) as session from market.coverage_months
    where source = ${source} and interval = '1d' and settled | provisional <> 0
    group by month order by month desc limit 1`.execute(db);
  return rows[0]?.session ?? null;
}
