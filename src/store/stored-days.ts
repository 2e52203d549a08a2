import { sql, type RawBuilder } from 'kysely';
import { addDays, type DateRange } from '../domain/date-range.ts';
import { isIntraday } from '../domain/interval.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import { isOfMany, layoutOf, type ManySeries } from './bar-layout.ts';
import type { Database } from './database.ts';

/** Days since 1970-01-01, by instrument; who has none is not in it. */
export type DaysById = ReadonlyMap<number, Int32Array>;

/** Days of a group of rows in four bytes each: millions of them are read as text too slowly. */
export function packedDays(session: RawBuilder<unknown>, where?: RawBuilder<unknown>): RawBuilder<unknown> {
  const filter = where === undefined ? sql`` : sql`filter (where ${where})`;
  return sql`string_agg(int4send(${session} - date '1970-01-01'), ''::bytea) ${filter}`;
}

/** What `packedDays` gives, read. */
export function readDays(bytes: Buffer | null): Int32Array {
  const days = new Int32Array((bytes?.length ?? 0) / 4);
  if (bytes !== null) for (let at = 0; at < days.length; at += 1) days[at] = bytes.readInt32BE(4 * at);
  return days;
}

interface StoredDays {
  readonly settled: DaysById;
  /** With a bar that may still move. */
  readonly provisional: DaysById;
}

/** The days of a range on which instruments have a daily bar of a source. */
export async function storedDays(
  db: Database,
  {
    instrumentIds,
    source,
    range: { from, to },
  }: { readonly instrumentIds: readonly number[]; readonly source: SourceName; readonly range: DateRange },
): Promise<StoredDays> {
  const session = sql`session_date`;
  const { rows } = await sql<{ id: number; settled: Buffer | null; provisional: Buffer | null }>`
    select instrument_id as id, ${packedDays(session, sql`settled`)} as settled,
      ${packedDays(session, sql`not settled`)} as provisional
    from market.daily_bars where instrument_id = any(${instrumentIds}::int[]) and source = ${source}
      and session_date between ${from}::date and ${to}::date
    group by instrument_id`.execute(db);
  const of = (state: 'settled' | 'provisional') =>
    new Map(rows.flatMap((row) => (row[state] === null ? [] : [[row.id, readDays(row[state])] as const])));
  return { settled: of('settled'), provisional: of('provisional') };
}

/** The days of a range on which instruments have any bar of an interval. */
export async function daysWithAnyBar(
  db: Database,
  series: ManySeries,
  { from, to }: DateRange,
): Promise<DaysById> {
  const { rows } = await sql<{ id: number; days: Buffer }>`
    select instrument_id as id, ${packedDays(sql`session_date`)} as days
    from (select distinct instrument_id, session_date from ${sql.table(layoutOf(series.interval).table)} stored
      where ${isOfMany(series)} and session_date between ${from}::date and ${to}::date) as one
    group by instrument_id`.execute(db);
  return new Map(rows.map(({ id, days }) => [id, readDays(days)]));
}

/** The session of the oldest bar of a source and interval; null: there is none. */
export async function firstSessionOf(
  db: Database,
  { source, interval }: Omit<ManySeries, 'instrumentIds'>,
): Promise<string | null> {
  if (!isIntraday(interval)) return firstCovered(db, { source, interval });
  const layout = layoutOf(interval);
  const own = layout.own.length === 0 ? sql`true` : sql`interval = ${interval}`;
  const { rows } = await sql<{ first: string | null }>`
    select min(session_date) as first from ${sql.table(layout.table)} where source = ${source} and ${own}`.execute(
    db,
  );
  return rows[0]?.first ?? null;
}

/** The same by the masks of days: among the bars themselves it would be sought for long. */
async function firstCovered(
  db: Database,
  { source, interval }: Omit<ManySeries, 'instrumentIds'>,
): Promise<string | null> {
  const { rows } = await sql<{ month: SessionDate; days: number }>`
    select month, bit_or(settled | provisional) as days from market.coverage_months
    where source = ${source} and interval = ${interval} and month = (
      select month from market.coverage_months
      where source = ${source} and interval = ${interval} and settled | provisional <> 0 order by month limit 1)
    group by month`.execute(db);
  const [first] = rows;
  return first === undefined ? null : addDays(first.month, 31 - Math.clz32(first.days & -first.days));
}
