import { sql } from 'kysely';
import type { RunSessions } from '../../runs/run.ts';
import type { Database } from '../database.ts';
import { laterSuccess } from './made-good.ts';

/** What a run was asked, where it works, and what came of it. */
export interface RunRecord {
  readonly namespace: string;
  readonly parentRunId: string | null;
  readonly parameters: object;
  readonly sessions: RunSessions;
  readonly lookups: number;
  readonly summary: object | null;
}

export async function readRunRecord(db: Database, runId: string): Promise<RunRecord | undefined> {
  const { rows } = await sql<RunRecord>`
    select namespace, parent_run_id as "parentRunId", parameters, sessions, lookups, summary
    from market.runs where run_id = ${runId}::uuid`.execute(db);
  return rows[0];
}

/** How many of a run's loads have each status, and how many requests and events it has. */
export interface RunParts {
  readonly loads: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly events: number;
}

export async function countParts(db: Database, runId: string): Promise<RunParts> {
  const { rows } = await sql<RunParts>`
    select coalesce((select jsonb_object_agg(status, number) from (
        select status, count(*) as number from market.load_runs where run_id = ${runId}::uuid group by status) each),
      '{}') as loads,
      (select count(*)::int from market.load_requests where run_id = ${runId}::uuid) as requests,
      (select count(*)::int from market.run_events where run_id = ${runId}::uuid) as events`.execute(db);
  return rows[0] ?? { loads: {}, requests: 0, events: 0 };
}

/** Seconds that the last runs of a flow took which ended well, their median; null: there are none. */
export async function usualSeconds(db: Database, flow: string): Promise<number | null> {
  const { rows } = await sql<{ seconds: number | null }>`
    select percentile_cont(0.5) within group (order by extract(epoch from closed_at - started_at))::float8 as seconds
    from (select closed_at, started_at from market.runs where flow = ${flow} and closed_at is not null
      and status = 'completed' order by closed_at desc limit 20) last`.execute(db);
  return rows[0]?.seconds ?? null;
}

/** A part of a list: those after the one of that id, or the first. */
export interface PartOfList {
  readonly after: number | null;
  readonly limit: number;
}

export interface LoadLine {
  readonly id: number;
  readonly symbol: string;
  readonly source: string;
  readonly interval: string;
  readonly from: string;
  readonly to: string;
  readonly status: string;
  readonly records: number;
  readonly changed: number;
  readonly settled: number;
  readonly attempts: number;
  readonly kind: string | null;
  readonly message: string | null;
  readonly completedAt: Date | null;
  /** The run that brought it later, where it failed; null: none has. */
  readonly madeGoodBy: string | null;
}

export interface LoadsFilter {
  readonly status: string | null;
  readonly kind: string | null;
  /** Spellings of one symbol. */
  readonly symbols: readonly string[] | null;
}

/** Loads of a run, by symbol. */
export async function listLoads(
  db: Database,
  runId: string,
  { status, kind, symbols }: LoadsFilter,
  { after, limit }: PartOfList,
): Promise<readonly LoadLine[]> {
  const { rows } = await sql<LoadLine>`
    select load.id, load.symbol, load.data_source as source, load.interval, load.range_start as from,
      load.range_end as to, load.status, load.records_count as records, load.changed_count as changed,
      load.settled_count as settled, load.attempts, load.error_kind as kind, load.error_message as message,
      load.completed_at as "completedAt",
      case when load.status = 'failed' then (select run_id::text from (${laterSuccess}) good limit 1) end as "madeGoodBy"
    from (select * from market.load_runs where run_id = ${runId}::uuid
        and (${status}::text is null or status = ${status}) and (${kind}::text is null or error_kind = ${kind})
        and (${symbols === null} or symbol = any(${[...(symbols ?? [])]}::text[]))
        and (${after}::bigint is null
          or (symbol, id) > (select symbol, id from market.load_runs where id = ${after}::bigint))
      order by symbol, id limit ${limit}) load
    order by load.symbol, load.id`.execute(db);
  return rows;
}

export interface RequestLine {
  readonly id: number;
  readonly wave: number;
  readonly batch: number;
  /** Null: one session of the whole market. */
  readonly symbol: string | null;
  readonly from: string;
  readonly to: string;
  readonly status: string;
  readonly requests: number;
  readonly kind: string | null;
  readonly message: string | null;
  readonly askedAt: Date | null;
  readonly closedAt: Date | null;
}

/** Requests of a run, wave by wave, in the order in which they were planned. */
export async function listRequests(
  db: Database,
  runId: string,
  { after, limit }: PartOfList,
): Promise<readonly RequestLine[]> {
  const { rows } = await sql<RequestLine>`
    select request.id, request.wave, request.batch, coalesce(request.ticker, load.symbol) as symbol,
      request.range_start as from, request.range_end as to, request.status, request.requests,
      request.error_kind as kind, request.error_message as message, request.asked_at as "askedAt",
      request.closed_at as "closedAt"
    from (select * from market.load_requests where run_id = ${runId}::uuid
        and (${after}::bigint is null or (wave, batch, id) >
          (select wave, batch, id from market.load_requests where id = ${after}::bigint))
      order by wave, batch, id limit ${limit}) request
    left join market.load_runs load on load.id = request.load_id
    order by request.wave, request.batch, request.id`.execute(db);
  return rows;
}

export interface EventLine {
  readonly id: number;
  readonly at: Date;
  readonly level: string;
  readonly symbol: string | null;
  readonly message: string;
}

/** What a run said, oldest first. */
export async function listEvents(
  db: Database,
  runId: string,
  level: string | null,
  { after, limit }: PartOfList,
): Promise<readonly EventLine[]> {
  const { rows } = await sql<EventLine>`
    select id, at, level, symbol, message from market.run_events
    where run_id = ${runId}::uuid and id > ${after ?? 0}::bigint and (${level}::text is null or level = ${level})
    order by run_events.id limit ${limit}`.execute(db);
  return rows;
}
