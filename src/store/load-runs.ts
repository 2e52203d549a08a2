import { sql, type RawBuilder } from 'kysely';
import type { DateRange } from '../domain/date-range.ts';
import type { LoadError, RunFailure } from '../domain/load-error.ts';
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
export async function loadProgress(db: Database, runId: string): Promise<LoadProgress> {
  return progressWhere(db, sql`run_id = ${runId}`);
}

/** The same of the runs that a run has started. */
export async function runsBelow(db: Database, runId: string): Promise<LoadProgress> {
  return progressWhere(
    db,
    sql`run_id in (select run_id from market.runs where parent_run_id = ${runId}::uuid)`,
  );
}

interface LoadProgress {
  readonly total: number;
  readonly finished: number;
  readonly records: number;
}

async function progressWhere(db: Database, where: RawBuilder<unknown>): Promise<LoadProgress> {
  const { rows } = await sql<LoadProgress>`
    select count(*)::int as total, count(completed_at)::int as finished,
      coalesce(sum(records_count), 0)::bigint as records
    from market.load_runs where ${where}`.execute(db);
  return rows[0] ?? { total: 0, finished: 0, records: 0 };
}
