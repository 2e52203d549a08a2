import { sql } from 'kysely';
import type { DateRange } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import type { Database } from './database.ts';

/** The sessions of a range whose daily bars may still move, by instrument. */
export async function unsettledDays(
  db: Database,
  {
    instrumentIds,
    source,
    range,
  }: { readonly instrumentIds: readonly number[]; readonly source: SourceName; readonly range: DateRange },
): Promise<ReadonlyMap<number, ReadonlySet<SessionDate>>> {
  const { rows } = await sql<{ id: number; session: SessionDate }>`
    select instrument_id as id, session_date as session from market.daily_bars
    where instrument_id = any(${instrumentIds}::int[]) and source = ${source} and not settled
      and session_date between ${range.from}::date and ${range.to}::date`.execute(db);
  const byInstrument = Map.groupBy(rows, ({ id }) => id);
  return new Map(byInstrument.entries().map(([id, own]) => [id, new Set(own.map(({ session }) => session))]));
}

/** What is not traded on an exchange by the share, by the reference's types. */
const unmeasured = ['FUND', 'INDEX', 'BASKET', 'CURRENCY'];

/** Those of some instruments whose volume says nothing. */
export async function withoutVolume(
  db: Database,
  instrumentIds: readonly number[],
): Promise<ReadonlySet<number>> {
  const { rows } = await sql<{ id: number }>`
    select id from market.instruments
    where id = any(${instrumentIds}::int[]) and (type = any(${unmeasured}::text[]) or symbol like '^%' or symbol like '%=X')`.execute(
    db,
  );
  return new Set(rows.map(({ id }) => id));
}

/** The instruments that have a daily bar within a range, of whichever source. */
export async function instrumentsWithBars(db: Database, { from, to }: DateRange): Promise<readonly number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from market.instruments i where exists (select from market.daily_bars bar
      where bar.instrument_id = i.id and bar.session_date between ${from}::date and ${to}::date)
    order by symbol`.execute(db);
  return rows.map(({ id }) => id);
}
