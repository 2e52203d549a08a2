import { sql } from 'kysely';
import type { DateRange } from '../domain/date-range.ts';
import { sources, type SourceName } from '../domain/source.ts';
import { rowsAsOf, type AsOf } from './as-of.ts';
import type { Database } from './database.ts';
import { barsAsOf } from './unknown-sessions.ts';

interface KnownDates extends DateRange {
  readonly id: number;
}

/** What had been read of a source's actions of instruments at an instant. */
interface ActionsQuery {
  readonly source: SourceName;
  readonly instrumentIds: readonly number[];
  readonly asOf: AsOf;
}

/**
 * From which to which ex-date a source's actions of instruments had been read at an instant, by instrument; those of which
 * nothing had been read are left out.
 */
export async function actionDatesRead(
  db: Database,
  query: ActionsQuery,
): Promise<ReadonlyMap<number, DateRange>> {
  const dates = sources[query.source].marketActions ? datesOfLists(query) : datesOfAnswers(query);
  const { rows } = await dates.execute(db);
  return new Map(rows.map(({ id, ...range }) => [id, range]));
}

/** Of lists of the whole market only what is of known instruments is kept. */
function datesOfLists({ source, instrumentIds, asOf }: ActionsQuery) {
  return sql<KnownDates>`
    select wished.id, sync.synced_from as "from", sync.synced_through as "to"
    from unnest(${instrumentIds}::int[]) wished(id)
    join ${rowsAsOf('action_syncs', 'action_sync', asOf)} sync on sync.source = ${source}
    where exists (select from market.instrument_history known
      where known.id = wished.id and known.known_from <= sync.known_from)`;
}

/** Actions that are told along with bars are those of the sessions that were asked for. */
function datesOfAnswers({ source, instrumentIds, asOf }: ActionsQuery) {
  const wished = sql`instrument_id = any(${instrumentIds}::int[]) and source = ${source}`;
  const [days, hours] = [barsAsOf({ interval: '1d' }, asOf), barsAsOf({ interval: '1h' }, asOf)];
  return sql<KnownDates>`
    select id, min(first) as "from", max(last) as "to" from (
      select instrument_id as id, min(session_date) as first, max(session_date) as last
      from ${days} bar where ${wished} group by instrument_id
      union all
      select instrument_id, min(session_date), max(session_date)
      from ${hours} bar where ${wished} group by instrument_id
      union all
      select instrument_id, session_date, last_session
      from ${rowsAsOf('bar_absences', 'bar_absence', asOf)} absence where ${wished}
    ) known group by id`;
}
