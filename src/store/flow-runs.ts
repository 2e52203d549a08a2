import { sql } from 'kysely';
import type { Database } from './database.ts';
import { laterSuccess } from './ledger/made-good.ts';

/** A run that has ended, as one of the last of its flow. */
export interface EndedFlowRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly status: 'completed' | 'failed' | 'cancelled' | 'terminated';
  readonly startedAt: Date;
  readonly closedAt: Date;
  readonly requests: number;
  /** Null for a flow that is about none. */
  readonly symbols: number | null;
  readonly failed: number | null;
  readonly changed: number | null;
  /** Failed loads that no later one has made good. */
  readonly unmended: number;
  /** A run of that flow has completed since. */
  readonly isFollowed: boolean;
  /** What it did not wait for any longer; null: nothing. */
  readonly wentOnWithout: string | null;
}

/** A run under way. */
export interface OpenFlowRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly status: 'running' | 'paused' | 'cancelling';
  readonly startedAt: Date;
  readonly loads: number;
  /** Loads that need nothing any more. */
  readonly done: number;
  readonly failed: number;
}

/** The runs of a flow that tell how it is. */
export interface FlowRuns {
  readonly flow: string;
  /** The newest first. */
  readonly open: readonly OpenFlowRun[];
  /** By their end, the last one first. */
  readonly ended: readonly EndedFlowRun[];
}

const mostEnded = 20;

/** The last runs of flows, in the order given; of a flow that has never run both lists are empty. */
export async function flowRuns(db: Database, flows: readonly string[]): Promise<readonly FlowRuns[]> {
  const ended = await endedRuns(db, flows);
  const open = await openFlowRuns(db, flows);
  return flows.map((flow) => ({
    flow,
    open: open.filter((run) => run.flow === flow),
    ended: ended.filter((run) => run.flow === flow),
  }));
}

async function endedRuns(db: Database, flows: readonly string[]) {
  const { rows } = await sql<EndedFlowRun & { readonly flow: string }>`
    select run.flow, run.workflow_id as "workflowId", run.run_id as "runId", run.status, run.started_at as "startedAt",
      run.closed_at as "closedAt", run.requests, (run.summary ->> 'totalSymbols')::int as symbols,
      (run.summary ->> 'failed')::int as failed, (run.summary ->> 'changedRecords')::int as changed,
      case when (run.summary ->> 'failed')::int > 0 then (select count(*)::int from market.load_runs load
        where load.run_id = run.run_id and load.error_kind is not null and load.status = 'failed'
          and not exists (${laterSuccess})) else 0 end as unmended,
      run.summary ->> 'wentOnWithout' as "wentOnWithout",
      bool_or(run.status = 'completed') over (partition by run.flow order by run.closed_at desc
        rows between unbounded preceding and 1 preceding) is true as "isFollowed"
    from unnest(${flows}::text[]) with ordinality asked(flow, place)
    cross join lateral (
      select * from market.runs where flow = asked.flow and closed_at is not null
      order by closed_at desc limit ${mostEnded}
    ) run order by asked.place, run.closed_at desc, run.run_id`.execute(db);
  return rows;
}

async function openFlowRuns(db: Database, flows: readonly string[]) {
  const { rows } = await sql<OpenFlowRun & { readonly flow: string }>`
    select run.flow, run.workflow_id as "workflowId", run.run_id as "runId", run.status, run.started_at as "startedAt",
      loads.*
    from market.runs run cross join lateral (
      select count(*)::int as loads, count(*) filter (where status not in ('pending', 'running'))::int as done,
        count(*) filter (where status = 'failed')::int as failed
      from market.load_runs where run_id = run.run_id
    ) loads where run.closed_at is null and run.flow = any(${flows}::text[]) order by run.started_at desc, run.run_id`.execute(
    db,
  );
  return rows;
}
