import { sql } from 'kysely';
import { copyOut } from './copy.ts';
import type { MonthsQuery } from './coverage-masks.ts';
import { decodeMasks, packedMasks, type CoverageMasks } from './decode-masks.ts';
import type { ExpectedBars } from './intraday-bars.ts';
import type { Transaction } from './transaction.ts';

/** Months of an interval shorter than a session, and how many bars their sessions have. */
interface IntradayMonths extends MonthsQuery {
  readonly expected: readonly ExpectedBars[];
}

const bit = sql`1 << (session_date - market.month_of(session_date))`;

/**
 * The masks of an interval shorter than a session, made from its bars: settled are sessions of which every bar is settled or is
 * known to lack, provisional those with some. Each stamp is a digest of its month.
 */
export async function readIntradayMasks(tx: Transaction, query: IntradayMonths): Promise<CoverageMasks> {
  const bytes = await copyOut(
    tx,
    sql`select month, md5(instrument_id_bytes || settled_bytes || provisional_bytes || absent_bytes),
        instrument_id_bytes, settled_bytes, provisional_bytes, absent_bytes
      from (
        with span as (
          select ${sql.lit(query.from)}::date as first, (${sql.lit(query.to)}::date + interval '1 month')::date - 1 as last
        ), ${cellsOf(query)}, ${absencesOf(query)}
        select month, ${packedMasks} from (
          select month, instrument_id, bit_or(settled) as settled, bit_or(provisional) as provisional,
            bit_or(absent) as absent
          from (
            select market.month_of(session_date) as month, instrument_id, case when is_whole then ${bit} else 0 end as settled,
              case when is_whole or not has_bars then 0 else ${bit} end as provisional, 0 as absent
            from cells union all select month, instrument_id, 0, 0, absent from absences) marked
          group by month, instrument_id) masks
        where (settled | provisional | absent) <> 0 group by month) months
      order by month`,
  );
  return decodeMasks(bytes);
}

const seriesOf = ({ source, interval }: MonthsQuery) =>
  sql`source = ${sql.lit(source)} and interval = ${sql.lit(interval)}`;

/** The sessions of which there is a bar, or that is known to lack one. */
function cellsOf(query: IntradayMonths) {
  const within = sql`${seriesOf(query)} and session_date between first and last`;
  const sessions = query.expected.map(({ session }) => session).join();
  const bars = query.expected.map((one) => one.bars).join();
  return sql`known as (
    select instrument_id, session_date, count(*) filter (where settled) as told, true as has_bars
    from market.intraday_bars, span where ${within} group by instrument_id, session_date
    union all
    select instrument_id, session_date, count(*), false from market.bar_absences, span
    where ${within} and confirmed and opens_at is not null group by instrument_id, session_date
  ), cells as (
    select instrument_id, session_date, coalesce(sum(told) >= max(expected.bars), false) as is_whole,
      bool_or(has_bars) as has_bars
    from known left join unnest(${sql.lit(`{${sessions}}`)}::date[], ${sql.lit(`{${bars}}`)}::int[])
      as expected(session_date, bars) using (session_date)
    group by instrument_id, session_date
  )`;
}

function absencesOf(query: IntradayMonths) {
  return sql`absences as (
    select month::date as month, instrument_id, market.days_mask(greatest(session_date, month::date),
      least(last_session, (month + interval '1 month')::date - 1), month::date) as absent
    from market.bar_absences, span, generate_series(market.month_of(greatest(session_date, first))::timestamp,
      least(last_session, last), '1 month') month
    where ${seriesOf(query)} and confirmed and opens_at is null and session_date <= last and last_session >= first
  )`;
}
