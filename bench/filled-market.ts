import { sql } from 'kysely';
import { sessionDatesBetween } from '../src/calendar/exchange-calendar.ts';
import { addDays } from '../src/domain/date-range.ts';
import type { Database } from '../src/store/database.ts';

const symbols = 10_000;
const sessions = 500;
const runs = 400;
const loadsOfRun = 2_500;

/** Fills an empty database with two years of the whole market, and with a ledger of a million loads; returns the last session. */
export async function fillMarket(db: Database, last: string): Promise<string> {
  const dates = sessionDatesBetween({ from: addDays(last, -2 * 366), to: last }).slice(-sessions);
  await sql`insert into market.instruments (symbol, type, active, told_by, listed_on)
    select 'B' || lpad(to_hex(n), 4, '0'), 'CS', true, 'polygon',
      case when n % 4 = 0 then (${dates}::date[])[1 + n % ${sessions}::int] else '2001-01-02'::date end
    from generate_series(1, ${symbols}::int) n`.execute(db);
  // Some lack without a reason, more of the last session than of others; some for one.
  await sql`insert into market.daily_bars (instrument_id, source, session_date, open, high, low, close, volume, settled, endpoint,
      run_id, observed_at)
    select i.id, 'polygon', day, 10, 11, 9, 10.5, 1000, day < ${last}::date, 'series', gen_random_uuid(), now()
    from unnest(${dates}::date[]) day cross join market.instruments i
    where i.told_by = 'polygon' and i.symbol like 'B%' and day >= i.listed_on
      and hashint8(i.id * 1000003::bigint + (day - date '2000-01-01')::bigint) % 1000 not between 1 and 10`.execute(
    db,
  );
  await sql`insert into market.bar_absences (instrument_id, source, interval, session_date, last_session, reason, confirmed, run_id,
      observed_at)
    select i.id, 'polygon', '1d', day, day, 'no_trade', true, gen_random_uuid(), now()
    from unnest(${dates}::date[]) day cross join market.instruments i
    where i.told_by = 'polygon' and i.symbol like 'B%' and day >= i.listed_on
      and hashint8(i.id * 1000003::bigint + (day - date '2000-01-01')::bigint) % 1000 between 1 and 8`.execute(
    db,
  );
  await fillLedger(db, dates);
  await sql`analyze`.execute(db);
  return last;
}

const flows = [
  'polygon-daily-ingestion',
  'polygon-settlement',
  'yahoo-market-data-hourly',
  'indicators-daily-calculation',
];

async function fillLedger(db: Database, dates: readonly string[]): Promise<void> {
  await sql`insert into market.runs (run_id, workflow_id, flow, parameters, sessions, status, started_at, closed_at, requests, summary)
    select gen_random_uuid(), flow || '/' || day, flow, '{}',
      jsonb_build_object('range', jsonb_build_object('from', day, 'to', day), 'sessions', jsonb_build_array(day)), 'completed',
      day::date + time '20:00', day::date + time '20:05', 6,
      jsonb_build_object('totalSymbols', ${loadsOfRun}::int, 'failed', case when n % 20 = 0 then 25 else 0 end, 'changedRecords', 17)
    from (select n, (${flows}::text[])[1 + n % 4] as flow, (${dates}::date[])[${sessions}::int - ${runs}::int + n] as day
      from generate_series(1, ${runs}::int) n) told`.execute(db);
  await sql`insert into market.load_runs (workflow_id, run_id, symbol, instrument_id, data_source, interval, range_start, range_end,
      records_count, status, error_kind, error_message, attempts, started_at, completed_at)
    select run.workflow_id, run.run_id, i.symbol, i.id, 'polygon', '1d', run.closed_at::date, run.closed_at::date, 1,
      case when is_bad then 'failed' else 'success' end, case when is_bad then 'Timeout' end,
      case when is_bad then 'no answer within 30 s' end, 1, run.started_at, run.closed_at
    from market.runs run cross join lateral (
      select id, symbol, row_number() over (order by id) <= 25 and (run.summary ->> 'failed')::int > 0 as is_bad
      from (select id, symbol from market.instruments where symbol like 'B%' order by id limit ${loadsOfRun}::int) first
    ) i where run.summary ? 'totalSymbols' and run.workflow_id like '%/20%'`.execute(db);
}
