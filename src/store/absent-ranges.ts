import { sql } from 'kysely';
import type { DateRange } from '../domain/date-range.ts';
import type { Interval } from '../domain/interval.ts';
import type { DayRange } from '../domain/session-days.ts';
import { sourceNames, type SourceName } from '../domain/source.ts';
import type { Database } from './database.ts';
import { packedDays, readDays, type DaysById } from './stored-days.ts';

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

/** Of the same sessions those on which another source saw the instrument traded. */
export async function contradictedDays(
  db: Database,
  { instrumentIds, source, interval, range: { from, to } }: Parameters<typeof absentRanges>[1],
): Promise<DaysById> {
  const others = sourceNames.filter((name) => name !== source);
  const { rows } = await sql<{ id: number; days: Buffer }>`
    select bar.instrument_id as id, ${packedDays(sql`bar.session_date`)} as days
    from market.bar_absences absence
    join market.daily_bars bar on bar.instrument_id = absence.instrument_id and bar.source = any(${others}::text[])
      and bar.volume > 0 and bar.session_date between absence.session_date and absence.last_session
      and bar.session_date between ${from}::date and ${to}::date
    where absence.instrument_id = any(${instrumentIds}::int[])
      -- Most are of one source alone: then no bar need be looked for.
      and absence.instrument_id in (select distinct instrument_id from market.coverage_months
        where source = any(${others}::text[]) and interval = '1d' and settled | provisional <> 0)
      and absence.source = ${source}
      and absence.interval = ${interval} and absence.confirmed and absence.opens_at is null
      and absence.reason in ('no_trade', 'withdrawn')
      and absence.session_date <= ${to}::date and absence.last_session >= ${from}::date
    group by bar.instrument_id`.execute(db);
  return new Map(rows.map(({ id, days }) => [id, readDays(days)]));
}
