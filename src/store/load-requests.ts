import { sql } from 'kysely';
import type { Interval } from '../domain/interval.ts';
import type { DateRange } from '../domain/date-range.ts';
import type { Listing } from '../domain/foreign-bars.ts';
import type { LoadError } from '../domain/load-error.ts';
import type { SessionDate } from '../domain/session.ts';
import { sourcesWith } from '../domain/source.ts';
import type { Database } from './database.ts';
import { jsonOf } from './json.ts';
import { requireOpenRun } from './open-runs.ts';
import { ownedFrom } from './ticker-bearers.ts';
import type { Transaction } from './transaction.ts';

export interface PlannedRequest {
  /** Null: one session of the whole market. */
  readonly loadId: number | null;
  readonly range: DateRange;
  /** What to ask for; unset or null: the ticker of today. */
  readonly ticker?: string | null;
}

/** One wave of a run's requests: the plan, or a round of retries. */
export interface WaveKey {
  readonly runId: string;
  readonly wave: number;
}

/** Writes a wave of requests in batches; again leaves the first as it is. Returns the number of batches. */
export async function insertRequests(
  tx: Transaction,
  { runId, wave }: WaveKey,
  requests: readonly PlannedRequest[],
  batchSize: number,
): Promise<number> {
  const rows = requests.map(({ loadId, range, ticker = null }, index) => ({
    batch: Math.floor(index / batchSize),
    load: loadId,
    ticker,
    start: range.from,
    end: range.to,
  }));
  await requireOpenRun(tx, runId);
  await sql`insert into market.load_requests (run_id, wave, batch, load_id, ticker, range_start, range_end, status)
    select ${runId}, ${wave}, batch, load, ticker, start, "end", 'pending'
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(batch int, load bigint, ticker text, start date, "end" date)
    where not exists (select from market.load_requests where run_id = ${runId} and wave = ${wave})
    order by batch`.execute(tx);
  return batchesOf(tx, { runId, wave });
}

async function batchesOf(tx: Transaction, { runId, wave }: WaveKey): Promise<number> {
  const { rows } = await sql<{ batches: number }>`
    select coalesce(max(batch) + 1, 0) as batches from market.load_requests
    where run_id = ${runId} and wave = ${wave}`.execute(tx);
  return rows[0]?.batches ?? 0;
}

/** How many requests of a batch have failed for one of these causes. */
export async function failedRequests(
  db: Database,
  { runId, wave, batch }: WaveKey & { readonly batch: number },
  causes: readonly string[],
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from market.load_requests
    where run_id = ${runId} and wave = ${wave} and batch = ${batch} and status = 'failed'
      and error_kind = any(${causes}::text[])`.execute(db);
  return rows[0]?.count ?? 0;
}

/**
 * Opens the requests that failed for one of these causes again, as a wave of their own, and their loads with them;
 * done again it changes nothing. Returns the number of batches.
 */
export async function reopenRequests(
  tx: Transaction,
  { runId, wave }: WaveKey,
  causes: readonly string[],
  batchSize: number,
): Promise<number> {
  await requireOpenRun(tx, runId);
  await sql`
    with failed as (
      select id, load_id, (row_number() over (order by id) - 1) / ${batchSize}::int as batch
      from market.load_requests where run_id = ${runId} and status = 'failed' and error_kind = any(${causes}::text[])
        and not exists (select from market.load_requests where run_id = ${runId} and wave = ${wave})
    ), reopened as (
      update market.load_requests r set status = 'pending', wave = ${wave}, batch = failed.batch,
        error_kind = null, error_message = null, asked_at = null
      from failed where r.id = failed.id
    )
    update market.load_runs l set status = 'running', completed_at = null, error_kind = null, error_message = null,
      attempts = l.attempts + 1
    from failed where l.id = failed.load_id`.execute(tx);
  return batchesOf(tx, { runId, wave });
}

/** Takes back the plan of a run and opens its loads for a new one over another range; failures for good stay. */
export async function dropPlan(
  tx: Transaction,
  runId: string,
  range: DateRange,
  retryable: readonly string[],
): Promise<void> {
  await requireOpenRun(tx, runId);
  await sql`delete from market.load_requests where run_id = ${runId}`.execute(tx);
  await sql`update market.load_runs set range_start = ${range.from}::date, range_end = ${range.to}::date,
      status = 'pending', completed_at = null, error_kind = null, error_message = null
    where run_id = ${runId} and instrument_id is not null
      and (status <> 'failed' or error_kind = any(${retryable}::text[]))`.execute(tx);
}

/** Fails what is still pending, with the cause, and the loads that have a request of their own among it. */
export async function failPending(db: Database, runId: string, error: LoadError): Promise<void> {
  await sql`
    with given_up as (
      update market.load_requests set status = 'failed', error_kind = ${error.kind}, error_message = ${error.message},
        closed_at = clock_timestamp()
      where run_id = ${runId} and status = 'pending' returning load_id
    )
    update market.load_runs l set status = 'failed', completed_at = now(), error_kind = ${error.kind},
      error_message = ${error.message}
    from given_up where l.id = given_up.load_id and l.completed_at is null`.execute(db);
}

/** A request for one load, with what is needed to ask it and to judge the answer. */
export interface SeriesRequest {
  readonly id: number;
  readonly loadId: number;
  readonly instrumentId: number;
  /** What to ask for: the ticker of the range. */
  readonly symbol: string;
  /** The load may have other requests, under other tickers. */
  readonly isPart: boolean;
  /** It is not the ticker of today. */
  readonly isFormer: boolean;
  readonly interval: Interval;
  readonly range: DateRange;
  /** ISO 4217; null where the reference does not say. */
  readonly currency: string | null;
  readonly listedOn: SessionDate | null;
  readonly delistedOn: SessionDate | null;
  /** Before this day, since 1970-01-01, an earlier company bore the ticker; null: none is known. */
  readonly ownedFrom: number | null;
  readonly active: boolean;
  readonly figi: string | null;
}

/** A request for one session of the whole market. */
export interface MarketDayRequest {
  readonly id: number;
  readonly session: SessionDate;
}

const ofToday = sourcesWith(({ tickers }) => tickers === 'of_today');

/**
 * What is asked for by the ticker of its days is asked of those days alone; of a source of today's tickers all history is of
 * who is known to bear one.
 */
const ownedByPart = sql`case when r.ticker is null and not (l.data_source = any(${ofToday}::text[]) and exists (
    select from market.symbol_history h where h.instrument_id = i.id and h.ticker = i.symbol and h.known_until is null
      and upper_inf(h.borne))) then ${ownedFrom} end`;

/** What is still pending of one batch. */
export async function pendingRequests(
  db: Database,
  { runId, wave, batch }: WaveKey & { readonly batch: number },
): Promise<{ readonly series: readonly SeriesRequest[]; readonly marketDays: readonly MarketDayRequest[] }> {
  const pending = sql`r.run_id = ${runId} and r.wave = ${wave} and r.batch = ${batch} and r.status = 'pending'`;
  const series = await sql<SeriesRequest>`
    select r.id, l.id as "loadId", i.id as "instrumentId", coalesce(r.ticker, i.symbol) as symbol,
      r.ticker is not null as "isPart", coalesce(r.ticker <> i.symbol, false) as "isFormer", l.interval,
      json_build_object('from', r.range_start, 'to', r.range_end) as range,
      upper(i.currency) as currency, i.listed_on as "listedOn", i.delisted_on as "delistedOn",
      ${ownedByPart} as "ownedFrom", i.active, i.figi
    from market.load_requests r
    join market.load_runs l on l.id = r.load_id
    join market.instruments i on i.id = l.instrument_id
    where ${pending} order by r.id`.execute(db);
  const marketDays = await sql<MarketDayRequest>`
    select r.id, r.range_start as session from market.load_requests r
    where ${pending} and r.load_id is null order by r.id`.execute(db);
  return { series: series.rows, marketDays: marketDays.rows };
}

/** A load that whole-market answers serve, and when its instrument was listed. */
export interface MarketDayLoad extends Listing {
  readonly loadId: number;
  readonly instrumentId: number;
  readonly symbol: string;
}

/** The loads of a run that its whole-market answers serve: the open ones without a request of their own. */
export async function marketDayLoads(db: Database, runId: string): Promise<readonly MarketDayLoad[]> {
  const { rows } = await sql<MarketDayLoad>`
    select l.id as "loadId", i.id as "instrumentId", i.symbol, i.listed_on as "listedOn",
      i.delisted_on as "delistedOn", ${ownedFrom} as "ownedFrom"
    from market.load_runs l join market.instruments i on i.id = l.instrument_id
    where l.run_id = ${runId} and l.completed_at is null
      and not exists (select from market.load_requests r where r.load_id = l.id)`.execute(db);
  return rows;
}

/** Those of some requests that are still pending; nobody else closes them until the transaction ends. */
export async function holdPending(tx: Transaction, ids: readonly number[]): Promise<ReadonlySet<number>> {
  const { rows } = await sql<{ id: number }>`
    select id from market.load_requests where id = any(${ids}::bigint[]) and status = 'pending'
    order by id for update`.execute(tx);
  return new Set(rows.map(({ id }) => id));
}

export interface RequestOutcome {
  readonly id: number;
  /** Pages fetched. */
  readonly requests: number;
  readonly error: LoadError | null;
}

/** Closes requests and counts them for the run. */
export async function closeRequests(
  db: Database,
  runId: string,
  outcomes: readonly RequestOutcome[],
): Promise<void> {
  // Not by `=`: of old figures the planner believes that a new run has none pending, and compares each with every outcome.
  await sql`
    with closed as (
      update market.load_requests r set requests = o.requests, closed_at = clock_timestamp(),
        status = case when o.error is null then 'done' else 'failed' end,
        error_kind = o.error ->> 'kind', error_message = o.error ->> 'message'
      from jsonb_to_recordset(${jsonOf(outcomes)}::jsonb) as o(id bigint, requests int, error jsonb)
      where r.id = o.id and num_nulls(nullif(r.run_id, ${runId}), nullif(r.status, 'pending')) = 2
      returning r.requests
    )
    update market.runs set requests = requests + coalesce((select sum(requests) from closed), 0)
    where run_id = ${runId}`.execute(db);
}
