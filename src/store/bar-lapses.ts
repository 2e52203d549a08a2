import { sql } from 'kysely';
import type { SessionDate } from '../domain/session.ts';
import { isOwn, layoutOf } from './bar-layout.ts';
import type { BarOrigin, IncomingBars } from './bars/incoming-bars.ts';
import { exchangeDayOf } from './exchange-day.ts';
import type { Transaction } from './transaction.ts';

/** A session of an instrument that an answer has no bar of. */
export interface LackingBar {
  readonly instrumentId: number;
  readonly session: SessionDate;
}

/** Sessions running that lack at once are another fault than one bar that its source has taken back. */
const daysAround = 6;

/** What has come has not lapsed, or no more. */
export async function forgetLapses(
  tx: Transaction,
  { source, interval }: BarOrigin,
  incoming: readonly IncomingBars[],
): Promise<void> {
  // There are never many of them: to look for those of ten thousand instruments would take longer.
  const { rows } = await sql<{ id: number; day: number }>`
    select instrument_id as id, session_date - date '1970-01-01' as day from market.bar_lapses
    where source = ${source} and interval = ${interval}`.execute(tx);
  if (rows.length === 0) return;
  const came = new Set(
    incoming.flatMap(({ bars, instrumentIds }) =>
      Array.from(instrumentIds, (id, row) => `${id} ${bars.day[row] ?? ''}`),
    ),
  );
  const back = rows.filter(({ id, day }) => came.has(`${id} ${day}`));
  await sql`
    delete from market.bar_lapses lapse
    using unnest(${back.map(({ id }) => id)}::int[], ${back.map(({ day }) => day)}::int[]) as back(id, day)
    where lapse.instrument_id = back.id and lapse.source = ${source} and lapse.interval = ${interval}
      and lapse.session_date = date '1970-01-01' + back.day`.execute(tx);
}

/**
 * Notes the settled bars that a whole answer (ISO 8601) lacks, and takes away those that one of an earlier day has lacked as well, each
 * alone among its neighbours; their values stay as a version. Returns what was taken away.
 */
export async function withdrawLapsed(
  tx: Transaction,
  { source, interval }: BarOrigin,
  lacking: readonly LackingBar[],
  observedAt: string,
): Promise<readonly LackingBar[]> {
  const layout = layoutOf(interval);
  const { rows: lapsed } = await sql<LackingBar>`
    insert into market.bar_lapses (instrument_id, source, interval, session_date, missing_since)
    select distinct stored.instrument_id, ${source}, ${interval}, stored.session_date, ${observedAt}::timestamptz
    from unnest(${lacking.map(({ instrumentId }) => instrumentId)}::int[],
      ${lacking.map(({ session }) => session)}::date[]) as lack(id, session)
    join ${sql.table(layout.table)} stored on stored.instrument_id = lack.id and stored.session_date = lack.session
    where stored.source = ${source} and ${isOwn(layout)} and stored.settled
      and coalesce(stored.seen_at, stored.observed_at) < ${observedAt}::timestamptz
    on conflict (instrument_id, source, interval, session_date) do update set missing_since = bar_lapses.missing_since
    returning instrument_id as "instrumentId", session_date as session`.execute(tx);
  if (lapsed.length === 0) return [];
  const { rows } = await sql<LackingBar>`
    with gone as (
      delete from market.bar_lapses lapse
      using unnest(${lapsed.map(({ instrumentId }) => instrumentId)}::int[],
        ${lapsed.map(({ session }) => session)}::date[]) as again(id, session)
      where lapse.instrument_id = again.id and lapse.session_date = again.session and lapse.source = ${source}
        and lapse.interval = ${interval}
        and ${exchangeDayOf(sql`lapse.missing_since`)} < ${exchangeDayOf(sql`${observedAt}::timestamptz`)}
        and not exists (select from market.bar_lapses near
          where near.instrument_id = lapse.instrument_id and near.source = ${source} and near.interval = ${interval}
            and near.session_date <> lapse.session_date and abs(near.session_date - lapse.session_date) <= ${daysAround})
      returning lapse.instrument_id, lapse.session_date
    )
    delete from ${sql.table(layout.table)} stored using gone
    where stored.instrument_id = gone.instrument_id and stored.session_date = gone.session_date
      and stored.source = ${source} and ${isOwn(layout)}
    returning stored.instrument_id as "instrumentId", stored.session_date as session`.execute(tx);
  return rows;
}
