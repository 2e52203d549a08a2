import { sql } from 'kysely';
import type { DateRange } from '../domain/date-range.ts';
import type { LoadError, RunFailure } from '../domain/load-error.ts';
import type { SessionDate } from '../domain/session.ts';
import type { TickerBearer } from '../domain/ticker-days.ts';
import type { Database } from './database.ts';
import { jsonOf } from './json.ts';
import { requireOpenRun } from './open-runs.ts';
import type { SourceName } from '../domain/source.ts';
import type { Interval } from '../domain/interval.ts';
import type { Transaction } from './transaction.ts';

export interface NewLoad {
  readonly symbol: string;
  readonly instrumentId: number | null;
  /** Set when the load has failed before it began. */
  readonly error?: LoadError;
}

interface LoadBatch {
  readonly workflowId: string;
  readonly runId: string;
  readonly source: SourceName | 'indicators';
  readonly interval: Interval;
  readonly range: DateRange;
  readonly loads: readonly NewLoad[];
}

/**
 * Enters the loads of a run, one a symbol and bearer of it; those that are there stay as they are. Throws `RunHasEnded`
 * where it is closed.
 */
export async function insertLoads(tx: Transaction, { loads, ...batch }: LoadBatch): Promise<void> {
  const { runId } = batch;
  await requireOpenRun(tx, runId);
  if (loads.length === 0) return;
  const entries = eachOnce(loads);
  const { rows } = await sql`select from market.load_runs where run_id = ${runId} limit 1`.execute(tx);
  // Looking for each load before it is entered takes as long as entering it: a run usually has none yet.
  const others = rows.length === 0 ? sql`` : sql`on conflict (run_id, symbol, instrument_id) do nothing`;
  await sql`insert into market.load_runs (workflow_id, run_id, symbol, instrument_id, data_source, interval,
      range_start, range_end, status, error_kind, error_message, completed_at)
    select ${batch.workflowId}, ${runId}, symbol, "instrumentId", ${batch.source}, ${batch.interval},
      ${batch.range.from}::date, ${batch.range.to}::date,
      case when error is null then 'pending' else 'failed' end, error ->> 'kind', error ->> 'message',
      case when error is not null then now() end
    from jsonb_to_recordset(${jsonOf(entries)}::jsonb) as l(symbol text, "instrumentId" int, error jsonb)
    ${others}`.execute(tx);
}

/** One symbol may have been typed in several ways. */
function eachOnce(loads: readonly NewLoad[]): readonly NewLoad[] {
  const byKey = new Map<string, NewLoad>();
  for (const { symbol, instrumentId, error } of loads) {
    const key = `${instrumentId} ${symbol}`;
    if (!byKey.has(key)) byKey.set(key, { symbol, instrumentId, ...(error === undefined ? {} : { error }) });
  }
  return [...byKey.values()];
}

/** Loads whose symbol no stored instrument has yet. */
export async function unidentifiedLoads(
  db: Database,
  runId: string,
): Promise<readonly { readonly id: number; readonly symbol: string }[]> {
  const { rows } = await sql<{ id: number; symbol: string }>`
    select id, symbol from market.load_runs
    where run_id = ${runId} and status = 'pending' and instrument_id is null order by id`.execute(db);
  return rows;
}

/** Ties a load to the instrument it turned out to be; if the run has one for that already, this one goes. */
export async function identifyLoad(
  db: Database,
  load: { readonly id: number; readonly runId: string },
  instrument: { readonly id: number; readonly symbol: string },
): Promise<void> {
  const other = sql`select from market.load_runs other where other.run_id = ${load.runId} and other.id <> ${load.id}
    and (other.instrument_id = ${instrument.id} or (other.instrument_id is null and other.symbol = ${instrument.symbol}))`;
  const { numAffectedRows } = await sql`
    delete from market.load_runs where id = ${load.id} and exists (${other})`.execute(db);
  if (numAffectedRows !== 0n) return;
  await sql`update market.load_runs set instrument_id = ${instrument.id}, symbol = ${instrument.symbol}
    where id = ${load.id}`.execute(db);
}

/** A load that can be planned: pending, and of a known instrument. */
export interface PlannableLoad extends TickerBearer {
  readonly id: number;
  /** Null for what trades over the counter. */
  readonly exchange: string | null;
}

/** Loads to plan, in the order they were entered. */
export async function plannableLoads(db: Database, runId: string): Promise<readonly PlannableLoad[]> {
  const { rows } = await sql<PlannableLoad>`
    select l.id, i.id as "instrumentId", i.symbol, i.exchange, i.delisted_on as "delistedOn"
    from market.load_runs l join market.instruments i on i.id = l.instrument_id
    where l.run_id = ${runId} and l.status = 'pending' order by l.id`.execute(db);
  return rows;
}

/** Marks loads as begun. */
export async function startLoads(db: Database, ids: readonly number[]): Promise<void> {
  await sql`update market.load_runs set status = 'running', started_at = coalesce(started_at, now())
    where id = any(${ids}::bigint[]) and status = 'pending'`.execute(db);
}

/** Fails one load for a recorded cause. */
export async function failLoad(db: Database, id: number, error: LoadError): Promise<void> {
  await sql`
    update market.load_runs set status = 'failed', error_kind = ${error.kind}, error_message = ${error.message},
      completed_at = now()
    where id = ${id} and completed_at is null`.execute(db);
}

/** Completes the loads that the whole-market answers served, by what the store now has of the run's sessions. */
export async function finishMarketDayLoads(
  tx: Transaction,
  { runId, source }: { readonly runId: string; readonly source: SourceName },
  sessions: readonly SessionDate[],
): Promise<void> {
  const open = sql`run_id = ${runId} and status in ('pending', 'running') and instrument_id is not null`;
  const { rows } = await sql`select from market.load_runs where ${open} limit 1`.execute(tx);
  if (rows.length === 0) return;
  const days = sql`any(${sessions}::date[])`;
  // Of tables filled a moment ago the planner has no figures, and a nested loop over both would be quadratic.
  await sql`set local enable_nestloop = off`.execute(tx);
  await sql`
  with mine as (
    select id, instrument_id from market.load_runs where ${open}
  ), present as (
    select instrument_id, sum(cells)::int as cells from (
      select instrument_id, 1 as cells from market.daily_bars where source = ${source} and session_date = ${days}
      union all
      select instrument_id, (select count(*) from unnest(${sessions}::date[]) day
        where day between session_date and last_session)
      from market.bar_absences where source = ${source} and interval = '1d' and confirmed
        and session_date <= (select max(day) from unnest(${sessions}::date[]) day)
        and last_session >= (select min(day) from unnest(${sessions}::date[]) day)
    ) cell group by instrument_id
  ), failure as (
    select mine.id, min(request.error_kind) as kind, min(request.error_message) as message
    from market.load_requests request cross join mine
    where request.run_id = ${runId} and request.load_id is null and request.status = 'failed'
      and not exists (select from market.daily_bars bar where bar.source = ${source} and bar.settled
        and bar.session_date = request.range_start and bar.instrument_id = mine.instrument_id)
      and not exists (select from market.bar_absences absence where absence.source = ${source}
        and absence.interval = '1d' and absence.confirmed
        and request.range_start between absence.session_date and absence.last_session
        and absence.instrument_id = mine.instrument_id)
    group by mine.id
  ), verdict as (
    select mine.id, ${sessions.length}::int - coalesce(present.cells, 0) as missing, failure.kind, failure.message
    from mine left join present using (instrument_id) left join failure on failure.id = mine.id
  )
  update market.load_runs l set completed_at = now(), attempts = greatest(l.attempts, 1),
    started_at = coalesce(l.started_at, now()),
    status = case
      when v.kind is null and v.missing = 0 and l.error_kind is null then 'success'
      when v.kind is not null and l.records_count = 0 and v.kind <> 'NotYetAvailable' then 'failed'
      when l.error_kind = 'WriteRefused' and l.records_count = 0 then 'failed'
      else 'partial' end,
    error_kind = coalesce(l.error_kind, v.kind, case when v.missing > 0 then 'NotYetAvailable' end),
    error_message = coalesce(l.error_message, v.message, case when v.missing > 0 then
      format('no bar yet for %s of %s sessions', v.missing, ${sessions.length}::int) end)
  from verdict v where l.id = v.id`.execute(tx);
}

/** Ends what is still open, when a run ends early. */
export async function abandonLoads(
  db: Database,
  runId: string,
  end: { readonly status: 'failed' | 'cancelled'; readonly error: RunFailure },
): Promise<void> {
  await sql`
    update market.load_runs set status = ${end.status}, error_kind = ${end.error.kind},
      error_message = ${end.error.message}, completed_at = now()
    where run_id = ${runId} and completed_at is null`.execute(db);
}

/** How far a run has come. */
export async function loadProgress(
  db: Database,
  runId: string,
): Promise<{ readonly total: number; readonly finished: number; readonly records: number }> {
  const { rows } = await sql<{ total: number; finished: number; records: number }>`
    select count(*)::int as total, count(completed_at)::int as finished,
      coalesce(sum(records_count), 0)::bigint as records
    from market.load_runs where run_id = ${runId}`.execute(db);
  return rows[0] ?? { total: 0, finished: 0, records: 0 };
}
