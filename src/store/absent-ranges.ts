import { sql } from 'kysely';
import type { DateRange } from '../domain/date-range.ts';
import type { Interval } from '../domain/interval.ts';
import type { DayRange } from '../domain/session-days.ts';
import type { SourceName } from '../domain/source.ts';
import type { Database } from './database.ts';

/** Sessions of a range that are known to have no bar, by instrument, as ranges within it. */
export async function absentRanges(
  db: Database,
  query: {
    readonly instrumentIds: readonly number[];
    readonly source: SourceName;
    readonly interval: Interval;
    readonly range: DateRange;
  },
): Promise<ReadonlyMap<number, readonly DayRange[]>> {
  const { from, to } = query.range;
  const { rows } = await sql<{ id: number; ranges: DayRange[] }>`
    select instrument_id as id, jsonb_agg(jsonb_build_array(greatest(session_date, ${from}::date) - date '1970-01-01',
      least(last_session, ${to}::date) - date '1970-01-01')) as ranges
    from market.bar_absences
    where instrument_id = any(${query.instrumentIds}::int[]) and source = ${query.source}
      and interval = ${query.interval} and confirmed and opens_at is null
      and session_date <= ${to}::date and last_session >= ${from}::date
    group by instrument_id`.execute(db);
  return new Map(rows.map(({ id, ranges }) => [id, ranges]));
}
