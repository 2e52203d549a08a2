import { sql } from 'kysely';
import type { Interval } from '../domain/interval.ts';
import type { DateRange } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import { isOfSeries, layoutOf, opensAt, type BarSeries } from './bar-layout.ts';
import type { Database } from './database.ts';
import type { SourceName } from '../domain/source.ts';
import { unknownBasis } from '../domain/split-basis.ts';
import type { PricedSession } from '../domain/traded-steps.ts';

/** Which stored rows of a series are meant. */
interface MarkedSessions extends BarSeries {
  readonly sessions: readonly SessionDate[];
  /** All before this one as well, as far as they are adjusted up to `exDate`; null: none. */
  readonly before: SessionDate | null;
  readonly exDate: SessionDate;
}

const withhold = sql`split_basis = ${unknownBasis}::date, settled = false`;

/** Gives stored rows another basis: the prices stay, what they mean is put right. Those of unknown basis become due again. */
export async function markBasis(
  db: Database,
  { sessions, before, exDate, ...series }: MarkedSessions,
  basis: SessionDate,
): Promise<void> {
  await sql`update ${sql.table(layoutOf(series.interval).table)} stored
    set split_basis = ${basis}::date, settled = settled and ${basis !== unknownBasis}::boolean
    where ${isOfSeries(series)}
      and (session_date = any(${sessions}::date[]) or (session_date < ${before}::date and split_basis >= ${exDate}::date))
      and split_basis is distinct from ${unknownBasis}::date`.execute(db);
}

/**
 * Withholds the rows before a session that are taken to have a split in their prices, those left out that came with an
 * answer which that session has a row of: what is shown of it says nothing of other answers.
 */
export async function doubtOtherAnswers(
  db: Database,
  { exDate, ...series }: BarSeries & Pick<MarkedSessions, 'exDate'>,
  session: SessionDate,
): Promise<void> {
  const table = sql.table(layoutOf(series.interval).table);
  await sql`update ${table} stored set ${withhold}
    where ${isOfSeries(series)} and session_date < ${session}::date and split_basis >= ${exDate}::date
      and split_basis <> ${unknownBasis}::date
      and observed_at not in (select observed_at from ${table} stored
        where ${isOfSeries(series)} and session_date = ${session}::date)`.execute(db);
}

/** A stored close of a session with the volume of its bar, and how far they are adjusted. */
export interface StoredClose {
  readonly session: SessionDate;
  readonly close: number;
  readonly volume: number;
  readonly basis: SessionDate;
}

/** The settled closes of sessions that a source has adjusted, as stored. */
export async function storedCloses(
  db: Database,
  { sessions, ...series }: BarSeries & Pick<MarkedSessions, 'sessions'>,
): Promise<readonly StoredClose[]> {
  const layout = layoutOf(series.interval);
  // The last bar of a session closes it, whatever the interval.
  const { rows } = await sql<StoredClose>`
    select distinct on (session_date) session_date as session, close, volume, split_basis as basis
    from ${sql.table(layout.table)} stored
    where ${isOfSeries(series)}
      and session_date = any(${sessions}::date[]) and settled and split_basis is not null
    order by session_date, ${opensAt(layout, 'stored')} desc`.execute(db);
  return rows;
}

/** A source's bars beside an ex-date: the last one before it and the first one from it on, where they are near. */
export interface BarsBeside {
  readonly exDate: SessionDate;
  readonly before: PricedSession | null;
  readonly after: PricedSession | null;
}

/** The bars beside each ex-date of instruments, by instrument; of each source, in the order in which they are named. */
export async function barsBesideActions(
  db: Database,
  sources: readonly SourceName[],
  instrumentIds: readonly number[],
): Promise<ReadonlyMap<number, readonly BarsBeside[]>> {
  const near = (order: 'before' | 'after') => sql`
    select jsonb_build_object('session', session_date, 'open', open, 'close', close) as bar from market.daily_bars
    where instrument_id = action.instrument_id and source = asked.source
      and session_date between ${order === 'before' ? sql`ex_date - 12 and ex_date - 1` : sql`ex_date and ex_date + 12`}
    order by session_date ${order === 'before' ? sql`desc` : sql``} limit 1`;
  const { rows } = await sql<BarsBeside & { readonly instrumentId: number }>`
    select action.instrument_id as "instrumentId", action.ex_date as "exDate", before.bar as before, after.bar as after
    from (select distinct instrument_id, ex_date from market.corporate_actions
      where instrument_id = any(${instrumentIds}::int[])) action
    cross join unnest(${sources}::text[]) with ordinality asked(source, place)
    left join lateral (${near('before')}) before on true
    left join lateral (${near('after')}) after on true
    order by action.instrument_id, action.ex_date, asked.place`.execute(db);
  return Map.groupBy(rows, ({ instrumentId }) => instrumentId);
}

/** The sessions between which a source's daily bars lie, by instrument; one without any is left out. */
export async function coveredDates(
  db: Database,
  source: SourceName,
  instrumentIds: readonly number[],
): Promise<ReadonlyMap<number, DateRange>> {
  const { rows } = await sql<DateRange & { readonly instrumentId: number }>`
    select instrument_id as "instrumentId", min(session_date) as "from", max(session_date) as "to"
    from market.daily_bars where instrument_id = any(${instrumentIds}::int[]) and source = ${source}
    group by instrument_id`.execute(db);
  return new Map(rows.map(({ instrumentId, from, to }) => [instrumentId, { from, to }]));
}

/** A series of a source that older prices than the last split's lie in. */
export interface StaleSeries {
  readonly instrumentId: number;
  readonly symbol: string;
  readonly interval: Interval;
  readonly from: SessionDate;
}

/** The series that a split has made stale: rows before its ex-date, or cash that came with them, that are not adjusted for it, or may not be. */
export async function staleSeries(db: Database, source: SourceName): Promise<readonly StaleSeries[]> {
  const { rows } = await sql<StaleSeries>`
    with split as (
      select instrument_id, max(ex_date) as ex_date from market.corporate_actions
      where status = 'effective' and ratio is not null group by instrument_id
    ), stale as (
      select split.instrument_id, '1d' as interval, min(bar.session_date) as "from"
      from split join market.daily_bars bar on bar.instrument_id = split.instrument_id and bar.source = ${source}
        and bar.session_date < split.ex_date and bar.split_basis < split.ex_date
      group by split.instrument_id
      union all
      select instrument_id, '1d', min(session_date) from market.daily_bars
      where source = ${source} and split_basis = ${sql.lit(unknownBasis)}::date group by instrument_id
      union all
      select instrument_id, interval, min(session_date) from market.intraday_bars
      where source = ${source} and split_basis = ${sql.lit(unknownBasis)}::date group by instrument_id, interval
      union all
      select instrument_id, '1d', min(ex_date) from market.corporate_actions
      where source = ${source} and status = 'pending' and amount_basis = ${unknownBasis}::date group by instrument_id
      union all
      select split.instrument_id, bar.interval, min(bar.session_date)
      from split join market.intraday_bars bar on bar.instrument_id = split.instrument_id and bar.source = ${source}
        and bar.session_date < split.ex_date and bar.split_basis < split.ex_date
      group by split.instrument_id, bar.interval
    )
    select i.id as "instrumentId", i.symbol, stale.interval, min(stale."from") as "from"
    from stale join market.instruments i on i.id = stale.instrument_id
    group by i.id, i.symbol, stale.interval order by i.symbol, stale.interval`.execute(db);
  return rows;
}

/** Withholds all bars of a series until others come in their place, which then are no revisions. */
export async function withholdSeries(db: Database, series: BarSeries): Promise<void> {
  await sql`update ${sql.table(layoutOf(series.interval).table)} stored set ${withhold} where ${isOfSeries(series)}`.execute(
    db,
  );
}
