import { sql } from 'kysely';
import type { DateRange } from '../domain/date-range.ts';
import type { SourceName } from '../domain/source.ts';
import type { PriceSplit } from '../domain/split-basis.ts';
import type { PricedSession } from '../domain/traded-steps.ts';
import type { Database } from './database.ts';

/** Calendar days in which there are thirty sessions, and some more that tell how prices move. */
const daysAround = 90;

/** Daily prices of an instrument around its splits, as a source has told them, oldest first. */
export interface ObservedPrices {
  /** `answer`: 0 where prices are as traded, else of which answer they are. */
  readonly sessions: readonly (PricedSession & { readonly answer: number })[];
  /** By the days that are told of them, whichever they count from; those that count or may come to. */
  readonly splits: readonly PriceSplit[];
}

/** The same of those instruments that have a split near a range. */
export async function observedSplits(
  db: Database,
  { source, instrumentIds, range }: ObservedQuery,
): Promise<ReadonlyMap<number, ObservedPrices>> {
  const { rows } = await sql<ObservedPrices & { readonly id: number }>`
    with told as (
      select distinct instrument_id, coalesce(told_on, ex_date) as ex_date, ratio from market.corporate_actions
      where instrument_id = any(${instrumentIds}::int[]) and ratio is not null and kind <> 'spin_off'
        and status in ('effective', 'pending', 'disputed')
        and coalesce(told_on, ex_date)
          between ${range.from}::date - ${daysAround}::int and ${range.to}::date + ${daysAround}::int
    ), near as (
      select distinct on (stored.instrument_id, stored.session_date) stored.*
      from told join market.daily_bars stored on stored.instrument_id = told.instrument_id and stored.source = ${source}
        and stored.session_date between told.ex_date - ${daysAround}::int and told.ex_date + ${daysAround}::int
    )
    select instrument_id as id,
      jsonb_agg(jsonb_build_object('session', session_date, 'open', open, 'close', close, 'answer',
        case when split_basis is null then 0 else date_part('epoch', greatest(seen_at, observed_at)) end)
        order by session_date) as sessions,
      (select jsonb_agg(jsonb_build_object('exDate', ex_date, 'ratio', ratio) order by ex_date, ratio) from told
        where told.instrument_id = near.instrument_id) as splits
    from near group by instrument_id`.execute(db);
  return new Map(rows.map(({ id, ...observed }) => [id, observed]));
}

interface ObservedQuery {
  readonly source: SourceName;
  readonly instrumentIds: readonly number[];
  readonly range: DateRange;
}
