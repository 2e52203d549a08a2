import { sql } from 'kysely';
import type { SessionDate } from '../domain/session.ts';
import { rowsAsOf, type AsOf } from './as-of.ts';
import { isOfMany, layoutOf, type BarSeries, type ManySeries } from './bar-layout.ts';
import type { Database } from './database.ts';

/** What bars are kept in, and the name of its history. */
const histories = { 'market.daily_bars': 'daily_bar', 'market.intraday_bars': 'intraday_bar' } as const;

/** The bars of a series' table as of an instant. */
export function barsAsOf({ interval }: Pick<BarSeries, 'interval'>, asOf: AsOf | undefined) {
  const { table } = layoutOf(interval);
  return rowsAsOf(table.replace('market.', ''), histories[table], asOf);
}

/** Those of sessions of which neither a bar nor the lack of one was known at an instant, by instrument. */
export async function unknownSessions(
  db: Database,
  series: ManySeries,
  { sessions, asOf }: { readonly sessions: readonly SessionDate[]; readonly asOf: AsOf },
): Promise<ReadonlyMap<number, ReadonlySet<SessionDate>>> {
  if (sessions.length === 0) return new Map();
  const [first, last] = [sessions[0], sessions.at(-1)];
  const { rows } = await sql<{ id: number; session: SessionDate }>`
    select wished.id, session
    from unnest(${series.instrumentIds}::int[]) wished(id) cross join unnest(${sessions}::date[]) session
    where (wished.id, session) not in (select instrument_id, session_date from ${barsAsOf(series, asOf)} stored
        where ${isOfMany(series)} and session_date between ${first}::date and ${last}::date)
      and not exists (select from ${rowsAsOf('bar_absences', 'bar_absence', asOf)} absence
        where absence.instrument_id = wished.id and absence.source = ${series.source}
          and absence.interval = ${series.interval} and absence.opens_at is null
          and session between absence.session_date and absence.last_session)`.execute(db);
  const byInstrument = Map.groupBy(rows, ({ id }) => id);
  return new Map(
    byInstrument.entries().map(([id, unknown]) => [id, new Set(unknown.map(({ session }) => session))]),
  );
}
