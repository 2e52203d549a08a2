import { sql } from 'kysely';
import { addDays, dateOfDayNumber } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import type { Calendar } from '../domain/session-days.ts';
import type { Trading } from '../domain/silence.ts';
import type { SourceName } from '../domain/source.ts';
import type { Database } from './database.ts';
import { ownedFrom } from './ticker-bearers.ts';

/** What the last whole-market answer of a session was like. */
export interface MarketDay {
  readonly session: SessionDate;
  readonly rowCount: number;
  /** Whether the symbols that trade every day were among its rows. */
  readonly witnessed: boolean;
  /** ISO 8601. */
  readonly observedAt: string;
}

/** Stored days that the usual row count is taken from. */
const daysOfComparison = 10;

/**
 * The usual number of rows of a whole market around a session: the median of the ten stored days nearest to it, itself
 * left out; null with fewer than ten.
 */
export async function usualRowCount(
  db: Database,
  source: SourceName,
  session: SessionDate,
): Promise<number | null> {
  const { rows } = await sql<{ days: number; median: number | null }>`
    select count(*)::int as days, percentile_cont(0.5) within group (order by row_count) as median
    from (
      select row_count from market.market_days where source = ${source} and session_date <> ${session}::date
      order by abs(session_date - ${session}::date), session_date limit ${daysOfComparison}
    ) nearest`.execute(db);
  const [{ days, median } = { days: 0, median: null }] = rows;
  return days < daysOfComparison ? null : median;
}

/** Notes what a whole-market answer was like; an older answer never replaces a newer one. */
export async function noteMarketDay(
  db: Database,
  { source, runId }: { readonly source: SourceName; readonly runId: string },
  { session, rowCount, witnessed, observedAt }: MarketDay,
): Promise<void> {
  await sql`
    insert into market.market_days as known (source, session_date, row_count, witnessed, run_id, observed_at)
    values (${source}, ${session}, ${rowCount}, ${witnessed}, ${runId}, ${observedAt})
    on conflict (source, session_date) do update set row_count = excluded.row_count,
      witnessed = excluded.witnessed, run_id = excluded.run_id, observed_at = excluded.observed_at
    where known.observed_at <= excluded.observed_at`.execute(db);
}

/** The market days that a run has asked and got, oldest first. */
export async function marketDaysOf(
  db: Database,
  source: SourceName,
  runId: string,
): Promise<readonly MarketDay[]> {
  const { rows } = await sql<Omit<MarketDay, 'observedAt'> & { readonly observedAt: Date }>`
    select distinct day.session_date as session, day.row_count as "rowCount", day.witnessed,
      day.observed_at as "observedAt"
    from market.load_requests request join market.market_days day on day.session_date = request.range_start
    where request.run_id = ${runId} and request.load_id is null and request.status = 'done' and day.source = ${source}
    order by day.session_date`.execute(db);
  return rows.map(({ observedAt, ...day }) => ({ ...day, observedAt: observedAt.toISOString() }));
}

/** An instrument that has no bar of a session, and how often it has one around. */
interface MissingBar {
  readonly instrumentId: number;
  readonly listedOn: SessionDate | null;
  readonly delistedOn: SessionDate | null;
  readonly ownedFrom: number | null;
  readonly around: Trading;
  /** When it was seen to lack before without being believed, epoch milliseconds; null: never. */
  readonly suspectedMs: number | null;
}

/** Calendar days on either side of a session: some twenty sessions. */
const daysAround = 30;

/**
 * The open loads of a run that have no bar of a session although its whole-market answer would have brought it: listed
 * on an exchange, and without rows that disagree, were rejected or could not be stored.
 */
export async function withoutBar(
  db: Database,
  {
    source,
    runId,
    session,
  }: { readonly source: SourceName; readonly runId: string; readonly session: SessionDate },
  calendar: Calendar,
): Promise<readonly MissingBar[]> {
  const around = { from: addDays(session, -daysAround), to: addDays(session, daysAround) };
  const sessionsAround = Array.from(calendar(around), dateOfDayNumber);
  const { rows } = await sql<MissingBar>`
    select i.id as "instrumentId", i.listed_on as "listedOn", i.delisted_on as "delistedOn",
      ${ownedFrom} as "ownedFrom",
      (select extract(epoch from seen.observed_at) * 1000 from market.bar_absences seen
        where seen.instrument_id = i.id and seen.source = ${source} and seen.interval = '1d' and not seen.confirmed
          and ${session}::date between seen.session_date and seen.last_session and seen.opens_at is null)::float8 as "suspectedMs",
      jsonb_build_object('traded', bars.traded, 'counted', bars.traded + quiet.counted) as around
    from market.load_runs l join market.instruments i on i.id = l.instrument_id
    cross join lateral (select count(*)::int as traded from market.daily_bars near where near.instrument_id = i.id
      and near.source = ${source} and near.session_date between ${around.from}::date and ${around.to}::date) bars
    cross join lateral (select count(*)::int as counted from market.bar_absences near
      join unnest(${sessionsAround}::date[]) day on day between near.session_date and near.last_session
      where near.instrument_id = i.id and near.source = ${source} and near.interval = '1d' and near.confirmed
        and near.reason <> 'not_listed') quiet
    where l.run_id = ${runId} and l.completed_at is null and i.exchange is not null
      and coalesce(l.error_kind, '') not in ('ConflictingRows', 'Quarantined', 'RejectedRows', 'WriteRefused')
      and not exists (select from market.daily_bars b where b.source = ${source}
        and b.session_date = ${session} and b.instrument_id = i.id)
    order by i.id`.execute(db);
  return rows;
}
