import { sql } from 'kysely';
import type { DateRange } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import { isOfSeries, layoutOf, type BarSeries } from './bar-layout.ts';
import type { Database } from './database.ts';

/**
 * By what factor the answers of earlier days that were refused one after the other differed from what is stored, the
 * latest first, one a day; a run that was believed ends them.
 */
export async function refusedFactors(
  db: Database,
  { instrumentId, source, interval }: BarSeries,
  before: SessionDate,
): Promise<readonly number[]> {
  const ofSeries = sql`load.instrument_id = ${instrumentId} and load.data_source = ${source}
    and load.interval = ${interval}`;
  const { rows } = await sql<{ factor: number }>`
    select factor from (
      select distinct on (event.data ->> 'observedOn') event.data ->> 'observedOn' as day,
        (event.data ->> 'factor')::float8 as factor
      from market.load_runs load join market.run_events event on event.run_id = load.run_id
        and event.symbol = load.symbol and event.data ? 'factor'
        and event.data ->> 'observedOn' < ${before}
      where ${ofSeries} and load.error_kind = 'SplitBasisUnknown' and load.id > coalesce(
        (select max(load.id) from market.load_runs load where ${ofSeries} and load.status = 'success'), 0)
      order by event.data ->> 'observedOn', event.id desc
    ) refusal order by day desc`.execute(db);
  return rows.map(({ factor }) => factor);
}

/** The sessions between which bars of a series are stored; null: none are. */
export async function storedExtent(db: Database, series: BarSeries): Promise<DateRange | null> {
  const { rows } = await sql<{ from: string | null; to: string | null }>`
    select min(session_date) as "from", max(session_date) as "to" from ${sql.table(layoutOf(series.interval).table)} stored
    where ${isOfSeries(series)}`.execute(db);
  const [{ from, to } = { from: null, to: null }] = rows;
  return from === null || to === null ? null : { from, to };
}
