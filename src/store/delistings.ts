import { sql } from 'kysely';
import type { SessionDate } from '../domain/session.ts';
import { sourceNames } from '../domain/source.ts';
import { rowsAsOf, type AsOf } from './as-of.ts';
import type { Database } from './database.ts';

/** That an instrument is listed no more. */
export interface Delisting {
  /** The last day on which it was traded at an exchange; null: that is not known. */
  readonly lastDay: SessionDate | null;
  /** How that is known: its source tells it, or it is that of its last bar, or the last before a list that lacked it. */
  readonly lastDayBy: 'told' | 'bars' | 'list' | null;
  /** The close of its last settled bar up to then, of the source that is believed first; null: there is none around then. */
  readonly lastClose: number | null;
  /** As far as it is known: it goes on over the counter. No source tells of others. */
  readonly reason: 'over_the_counter' | 'unknown';
}

/** What is not traded every day has its last bar so many days before it goes. */
const daysBefore = 30;

/** Of those of some instruments that are listed no more when and how they went, by instrument; as known at an instant, or now. */
export async function delistingsOf(
  db: Database,
  ids: readonly number[],
  asOf?: AsOf,
): Promise<ReadonlyMap<number, Delisting>> {
  // To settle a bar says nothing else of it: it is no version of its own.
  const isSettled =
    asOf === undefined
      ? sql`bar.settled`
      : sql`bar.settled and (bar.settled_at is null or bar.settled_at <= ${asOf}::timestamptz)`;
  const { rows } = await sql<Delisting & { readonly id: number }>`
    select i.id, i.delisted_on as "lastDay", i.delisted_by as "lastDayBy", last.close as "lastClose",
      case when i.goes_on_as is null then 'unknown' else 'over_the_counter' end as reason
    from ${rowsAsOf('instruments', 'instrument', asOf)} i
    left join lateral (
      select bar.close from ${rowsAsOf('daily_bars', 'daily_bar', asOf)} bar
      where bar.instrument_id = i.id and ${isSettled}
        and bar.session_date between i.delisted_on - ${daysBefore}::int and i.delisted_on
      order by array_position(${sourceNames}::text[], bar.source), bar.session_date desc limit 1) last on true
    where i.id = any(${ids}::int[]) and not i.active`.execute(db);
  return new Map(rows.map(({ id, ...delisting }) => [id, delisting]));
}
