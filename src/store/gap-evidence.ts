import { sql } from 'kysely';
import type { DateRange } from '../domain/date-range.ts';
import type { KnownAbsence } from '../domain/judge-cells.ts';
import { sourceNames } from '../domain/source.ts';
import type { ManySeries } from './bar-layout.ts';
import type { Database } from './database.ts';
import { packedDays, readDays, type DaysById } from './stored-days.ts';

interface SeriesWithin extends ManySeries {
  readonly range: DateRange;
}

/** What answers have said of sessions of a range that have no bar, by instrument, believed or not. */
export async function toldAbsences(
  db: Database,
  { instrumentIds, source, interval, range: { from, to } }: SeriesWithin,
): Promise<ReadonlyMap<number, readonly KnownAbsence[]>> {
  const { rows } = await sql<KnownAbsence & { readonly id: number }>`
    select instrument_id as id, session_date - date '1970-01-01' as first, last_session - date '1970-01-01' as last,
      reason, confirmed
    from market.bar_absences
    where instrument_id = any(${instrumentIds}::int[]) and source = ${source} and interval = ${interval}
      and opens_at is null and session_date <= ${to}::date and last_session >= ${from}::date`.execute(db);
  return Map.groupBy(rows, ({ id }) => id);
}

/** Days of a range of which a row of instruments is in quarantine. */
export async function refusedDays(
  db: Database,
  { instrumentIds, source, interval, range: { from, to } }: SeriesWithin,
): Promise<DaysById> {
  const { rows } = await sql<{ id: number; days: Buffer }>`
    select instrument_id as id, ${packedDays(sql`session_date`)} as days from market.rejected_rows
    where instrument_id = any(${instrumentIds}::int[]) and source = ${source} and interval = ${interval}
      and settled_at is null and session_date between ${from}::date and ${to}::date
    group by instrument_id`.execute(db);
  return new Map(rows.map(({ id, days }) => [id, readDays(days)]));
}

/** Days of a range on which another source than this one saw instruments traded. */
export async function daysToldElsewhere(
  db: Database,
  { instrumentIds, source, range: { from, to } }: Omit<SeriesWithin, 'interval'>,
): Promise<DaysById> {
  const others = sourceNames.filter((name) => name !== source);
  const { rows } = await sql<{ id: number; days: Buffer }>`
    select instrument_id as id, ${packedDays(sql`session_date`)} as days from market.daily_bars
    where instrument_id = any(${instrumentIds}::int[]) and source = any(${others}::text[]) and volume > 0
      and session_date between ${from}::date and ${to}::date
    group by instrument_id`.execute(db);
  return new Map(rows.map(({ id, days }) => [id, readDays(days)]));
}
