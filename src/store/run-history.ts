import { sql } from 'kysely';
import type { SessionDate } from '../domain/session.ts';
import type { RunSessions } from '../runs/run.ts';
import type { Database } from './database.ts';

/** Which runs a list is of; null: whatever. */
export interface RunsWish {
  readonly flow: string | null;
  readonly status: string | null;
  /** Started on that day or later, in a time zone. */
  readonly since: { readonly date: SessionDate; readonly zone: string } | null;
  readonly limit: number;
}

/** A run as a list shows it: what its loads have come to so far where it has no summary. */
export interface ListedRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly flow: string;
  readonly status: string;
  readonly startedBy: string | null;
  readonly startedAt: Date;
  readonly closedAt: Date | null;
  readonly sessions: RunSessions;
  readonly requests: number;
  readonly summary: object | null;
  readonly symbols: number;
  readonly failed: number;
  readonly changed: number;
}

/** Runs of the ledger, newest first. */
export async function recentRuns(db: Database, wish: RunsWish): Promise<readonly ListedRun[]> {
  const { date = null, zone = null } = wish.since ?? {};
  const { rows } = await sql<ListedRun>`
    select run.workflow_id as "workflowId", run.run_id as "runId", run.flow, run.status, run.started_by as "startedBy",
      run.started_at as "startedAt", run.closed_at as "closedAt", run.sessions, run.requests, run.summary,
      coalesce((run.summary ->> 'totalSymbols')::int, loads.symbols) as symbols,
      coalesce((run.summary ->> 'failed')::int, loads.failed) as failed,
      coalesce((run.summary ->> 'changedRecords')::bigint, loads.changed) as changed
    from (
      select * from market.runs
      where (${wish.flow}::text is null or flow = ${wish.flow}) and (${wish.status}::text is null or status = ${wish.status})
        and (${date}::date is null or started_at >= ${date}::date::timestamp at time zone ${zone}::text)
      order by started_at desc, run_id limit ${wish.limit}
    ) run cross join lateral (
      select count(*)::int as symbols, count(*) filter (where status = 'failed')::int as failed,
        coalesce(sum(changed_count), 0)::bigint as changed
      from market.load_runs where run_id = run.run_id and not coalesce(run.summary ? 'totalSymbols', false)
    ) loads order by run.started_at desc, run.run_id`.execute(db);
  return rows;
}

/** The last run of each flow that has ended, newest first. */
export async function lastResults(db: Database): Promise<readonly LastResult[]> {
  const { rows } = await sql<LastResult>`
    select * from (
      select distinct on (flow) flow, run_id as "runId", status, closed_at as "closedAt",
        (summary ->> 'totalSymbols')::int as symbols, (summary ->> 'failed')::int as failed
      from market.runs where closed_at is not null order by flow, closed_at desc
    ) last order by "closedAt" desc`.execute(db);
  return rows;
}

/** What the last run of a flow came to. */
export interface LastResult {
  readonly flow: string;
  readonly runId: string;
  readonly status: string;
  readonly closedAt: Date;
  /** Null for a flow that is about none. */
  readonly symbols: number | null;
  readonly failed: number | null;
}

/** The run of that run id, its last twelve digits, or workflow id, the newest if several; undefined when there is none. */
export function findRun(db: Database, id: string) {
  return db
    .selectFrom('market.runs')
    .selectAll()
    .where((is) => {
      const runId = is.cast<string>('run_id', 'text');
      return is.or([
        is('workflow_id', '=', id),
        is(runId, '=', id),
        is(is.fn('right', [runId, is.lit(12)]), '=', id),
      ]);
    })
    .orderBy('started_at', 'desc')
    .executeTakeFirst();
}

/** The runs that a run has had done beside its own work, oldest first. */
export async function childrenOfRun(db: Database, runId: string): Promise<readonly ChildRun[]> {
  const { rows } = await sql<ChildRun>`
    select workflow_id as "workflowId", run_id as "runId", flow, status from market.runs
    where parent_run_id = ${runId} order by started_at, run_id`.execute(db);
  return rows;
}

/** A run that another one has had done. */
export interface ChildRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly flow: string;
  readonly status: string;
}

/** The loads of a run, by symbol. */
export function loadsOfRun(db: Database, runId: string) {
  return db
    .selectFrom('market.load_runs')
    .selectAll()
    .where('run_id', '=', runId)
    .orderBy('symbol')
    .execute();
}

/**
 * A run that had every request answered, for that nominal time (ISO 8601, UTC) or a later one, by its run id; null when
 * there is none.
 */
export async function answeredRun(
  db: Database,
  workflowId: string,
  nominalTime: string,
): Promise<string | null> {
  const { rows } = await sql<{ runId: string }>`
    select run_id as "runId" from market.runs run
    where workflow_id = ${workflowId} and status = 'completed' and parameters ->> 'nominalTime' >= ${nominalTime}
      and not exists (select from market.load_requests request
        where request.run_id = run.run_id and request.status <> 'done')
    limit 1`.execute(db);
  return rows[0]?.runId ?? null;
}
