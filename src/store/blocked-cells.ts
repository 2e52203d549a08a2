import { sql } from 'kysely';
import type { DateRange } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import type { Database } from './database.ts';

/** Sessions of an instrument whose daily bar an open error keeps from being used, in some field. */
export interface BlockedCells {
  readonly instrumentId: number;
  readonly from: SessionDate;
  readonly to: SessionDate;
}

/** What open errors block of a source within a range. */
export async function readBlockedCells(
  db: Database,
  source: SourceName,
  { from, to }: DateRange,
): Promise<readonly BlockedCells[]> {
  const { rows } = await sql<BlockedCells>`
    with found as (
      select array_agg(distinct instrument_id) as ids from market.quality_findings
      where status = 'open' and severity = 'error' and source = ${source} and interval = '1d' and instrument_id is not null
        and range_start <= ${to}::date and range_end >= ${from}::date
    )
    select distinct instrument_id as "instrumentId", greatest(first_session, ${from}::date)::date as "from",
      least(last_session, ${to}::date)::date as "to"
    from found, market.blocked_fields(found.ids, ${source})
    where first_session <= ${to}::date and last_session >= ${from}::date order by 1, 2`.execute(db);
  return rows;
}
