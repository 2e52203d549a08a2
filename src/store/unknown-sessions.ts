import { sql } from 'kysely';
import type { SessionDate } from '../domain/session.ts';
import { rowsAsOf, type AsOf } from './as-of.ts';
import { isOfSeries, layoutOf, type BarSeries } from './bar-layout.ts';
import type { Database } from './database.ts';

/** What bars are kept in, and the name of its history. */
const histories = { 'market.daily_bars': 'daily_bar', 'market.intraday_bars': 'intraday_bar' } as const;

/** The bars of a series' table as of an instant. */
export function barsAsOf({ interval }: Pick<BarSeries, 'interval'>, asOf: AsOf | undefined) {
  const { table } = layoutOf(interval);
  return rowsAsOf(table.replace('market.', ''), histories[table], asOf);
}

/** Those of sessions of which neither a bar nor the lack of one was known at an instant. */
export async function unknownSessions(
  db: Database,
  series: BarSeries,
  { sessions, asOf }: { readonly sessions: readonly SessionDate[]; readonly asOf: AsOf },
): Promise<ReadonlySet<SessionDate>> {
  if (sessions.length === 0) return new Set();
  const [first, last] = [sessions[0], sessions.at(-1)];
  const { rows } = await sql<{ session: SessionDate }>`
    select session from unnest(${sessions}::date[]) session
    where session not in (select session_date from ${barsAsOf(series, asOf)} stored
        where ${isOfSeries(series)} and session_date between ${first}::date and ${last}::date)
      and not exists (select from ${rowsAsOf('bar_absences', 'bar_absence', asOf)} absence
        where absence.instrument_id = ${series.instrumentId} and absence.source = ${series.source}
          and absence.interval = ${series.interval} and absence.opens_at is null
          and session between absence.session_date and absence.last_session)`.execute(db);
  return new Set(rows.map(({ session }) => session));
}
