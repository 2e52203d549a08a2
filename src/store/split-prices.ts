import { sql } from 'kysely';
import type { DateRange } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import { sourcesWith, type SourceName } from '../domain/source.ts';
import { unknownBasis } from '../domain/split-basis.ts';
import type { PricedSession } from '../domain/traded-steps.ts';
import { isOfSeries, layoutOf, opensAt, type BarSeries } from './bar-layout.ts';
import type { Database } from './database.ts';
import { exchangeDayOf } from './exchange-day.ts';

/** Calendar days around an ex-date whose prices may tell of its split: sources are wrong by some fifteen sessions. */
export const splitWindowDays = 44;

/** The ex-date that a source tells. */
const told = sql`coalesce(action.told_on, action.ex_date)`;
const isTold = sql`stored.split_basis is distinct from ${unknownBasis}::date`;

/**
 * A source's daily prices around the splits that are told of instruments, by instrument, oldest first: as traded, or all
 * as they are adjusted up to `basis`.
 */
export async function pricesAroundSplits(
  db: Database,
  query: {
    readonly source: SourceName;
    readonly instrumentIds: readonly number[];
    readonly basis: SessionDate;
  },
): Promise<ReadonlyMap<number, readonly PricedSession[]>> {
  const { source, instrumentIds, basis } = query;
  const { rows } = await sql<PricedSession & { readonly instrumentId: number }>`
    with near as (
      select distinct stored.instrument_id, stored.session_date, stored.open, stored.close, stored.split_basis
      from market.corporate_actions action
      join market.daily_bars stored on stored.instrument_id = action.instrument_id and stored.source = ${source}
        and stored.session_date between ${told} - ${splitWindowDays}::int and ${told} + ${splitWindowDays}::int
      where action.instrument_id = any(${instrumentIds}::int[]) and action.ratio is not null and ${isTold}
    ), changes as (
      select days.*, case when split_basis is null then 1
        else market.basis_change(instrument_id, session_date, split_basis, ${basis}::date) end as change
      from (select distinct instrument_id, session_date, split_basis from near) days
    )
    select instrument_id as "instrumentId", session_date as session, open * change as open, close * change as close
    from near join changes using (instrument_id, session_date) order by instrument_id, session_date`.execute(
    db,
  );
  const byInstrument = Map.groupBy(rows, ({ instrumentId }) => instrumentId);
  return new Map(
    [...byInstrument].map(([id, own]) => [id, own.map(({ instrumentId: _, ...priced }) => priced)]),
  );
}

/** A source's prices of an instrument, as stored. */
export interface AdjustedPrices {
  readonly source: SourceName;
  readonly sessions: readonly PricedSession[];
}

/**
 * Daily prices around the splits that are told of instruments, as stored, of sources that adjust them, by instrument:
 * those sessions before a split that are believed to have it in their prices, and those after it; of those whose basis
 * cannot be told the ones that were given since.
 */
export async function pricesBelievedAdjusted(
  db: Database,
  instrumentIds: readonly number[],
): Promise<ReadonlyMap<number, readonly AdjustedPrices[]>> {
  const asked = sourcesWith(({ prices }) => prices === 'split_adjusted');
  const { rows } = await sql<AdjustedPrices & { readonly instrumentId: number }>`
    select instrument_id as "instrumentId", source,
      json_agg(json_build_object('session', session_date, 'open', open, 'close', close) order by session_date) as sessions
    from (
      select distinct stored.instrument_id, stored.source, stored.session_date, stored.open, stored.close
      from market.corporate_actions action
      join market.daily_bars stored on stored.instrument_id = action.instrument_id
        and stored.session_date between ${told} - ${splitWindowDays}::int and ${told} + ${splitWindowDays}::int
      where action.instrument_id = any(${instrumentIds}::int[]) and action.ratio is not null
        and stored.source = any(${asked}::text[])
        and (${isTold} or ${exchangeDayOf(sql`stored.observed_at`)} >= ${told})
        and (stored.session_date >= ${told} or stored.split_basis >= ${told})
    ) near group by instrument_id, source`.execute(db);
  return Map.groupBy(rows, ({ instrumentId }) => instrumentId);
}

/** Those of some instruments of which a source that adjusts its prices has any bar. */
export async function instrumentsAdjusted(
  db: Database,
  instrumentIds: readonly number[],
): Promise<ReadonlySet<number>> {
  const adjusting = sourcesWith(({ prices }) => prices === 'split_adjusted');
  const has = (table: string) => sql`exists (select from ${sql.table(table)} stored
    where stored.instrument_id = id and stored.source = any(${adjusting}::text[]))`;
  const { rows } = await sql<{ id: number }>`
    select id from unnest(${instrumentIds}::int[]) id
    where ${has('market.daily_bars')} or ${has('market.intraday_bars')}`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

/** One session of stored bars of an interval: its first open, its last close, and the least basis among them. */
export interface StoredSession extends PricedSession {
  readonly basis: SessionDate;
}

/** The sessions of a source's bars that are split-adjusted, oldest first, their prices as stored; those of unknown basis left out. */
export async function storedSessions(
  db: Database,
  { range, ...series }: BarSeries & { readonly range: DateRange },
): Promise<readonly StoredSession[]> {
  const layout = layoutOf(series.interval);
  const { rows } = await sql<StoredSession>`
    select session_date as session, (array_agg(open order by ${opensAt(layout, 'stored')}))[1] as open,
      (array_agg(close order by ${opensAt(layout, 'stored')} desc))[1] as close, min(split_basis) as basis
    from ${sql.table(layout.table)} stored
    where ${isOfSeries(series)}
      and session_date between ${range.from}::date and ${range.to}::date and split_basis is not null and ${isTold}
    group by session_date order by session_date`.execute(db);
  return rows;
}

/** The closes of an instrument as traded, by session; of the first source that has one. */
export async function closesAsTraded(
  db: Database,
  instrumentId: number,
  range: DateRange,
): Promise<readonly { readonly session: SessionDate; readonly close: number }[]> {
  const asTraded = sourcesWith(({ prices }) => prices === 'as_traded');
  const { rows } = await sql<{ session: SessionDate; close: number }>`
    select distinct on (session_date) session_date as session, close
    from market.daily_bars join unnest(${asTraded}::text[]) with ordinality named(source, place) using (source)
    where instrument_id = ${instrumentId} and session_date between ${range.from}::date and ${range.to}::date
    order by session_date, place`.execute(db);
  return rows;
}
