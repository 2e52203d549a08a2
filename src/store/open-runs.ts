import { sql } from 'kysely';
import type { Database } from './database.ts';
import { noteSeldom } from './run-events.ts';
import type { OpenRunStatus } from './schema.ts';
import { workerSilenceMs } from './workers.ts';
import type { Transaction } from './transaction.ts';

/** A run that the ledger knows no end of. */
export interface OpenRun {
  readonly runId: string;
  readonly workflowId: string;
  /** The one that is asked; or another of that name, for which workers work, or none does any more. */
  readonly server: 'ours' | 'another' | 'deserted';
}

/** Where runs are: a namespace by its name, and by what its server calls it, like no other. */
export interface Namespace {
  readonly namespace: string;
  readonly namespaceId: string;
}

/** A worker of the server that a run is on has been seen lately. */
const isServed = sql`exists (select from market.workers worker where worker.namespace_id = run.namespace_id
  and worker.stopped_at is null and worker.seen_at > now() - ${workerSilenceMs} * interval '1 ms')`;

/** The runs of a Temporal namespace that have not ended, the oldest first, those of other servers of that name as well. */
export async function openRuns(
  db: Database,
  { namespace, namespaceId }: Namespace,
): Promise<readonly OpenRun[]> {
  const { rows } = await sql<OpenRun>`
    select run_id as "runId", workflow_id as "workflowId",
      case when coalesce(run.namespace_id = ${namespaceId}, true) then 'ours' when ${isServed} then 'another'
        else 'deserted' end as server
    from market.runs run where closed_at is null and namespace = ${namespace}
    order by started_at`.execute(db);
  return rows;
}

/** The open run of that workflow id on another server that still works; null: there is none. */
export async function runElsewhere(
  db: Database,
  workflowId: string,
  namespaceId: string,
): Promise<string | null> {
  const { rows } = await sql<{ runId: string }>`
    select run_id as "runId" from market.runs run where closed_at is null and workflow_id = ${workflowId}
      and namespace_id <> ${namespaceId} and ${isServed} limit 1`.execute(db);
  return rows[0]?.runId ?? null;
}

/** From which status an order leads to which; of a run that is told to end nothing else is told any more. */
const transitions = {
  paused: ['running'],
  running: ['paused'],
  cancelling: ['running', 'paused'],
} as const satisfies Readonly<Record<OpenRunStatus, readonly OpenRunStatus[]>>;

/** Gives an open run another status; one that has ended, or that no order leads there from, stays as it is. */
export async function setOpenStatus(db: Database, runId: string, status: OpenRunStatus): Promise<void> {
  await db
    .updateTable('market.runs')
    .set({ status })
    .where('run_id', '=', runId)
    .where('closed_at', 'is', null)
    .where('status', 'in', transitions[status])
    .execute();
}

/** A run that has ended takes no more work: whoever brings some comes too late. */
class RunHasEnded extends Error {
  override readonly name = 'RunHasEnded';
}

/**
 * Holds a run against everybody who closes it or gives it work, until the transaction ends; false: it is not open. Its
 * events are written meanwhile: they refer to its key alone.
 */
export async function holdOpenRun(tx: Transaction, runId: string): Promise<boolean> {
  const { rows } = await sql`select from market.runs
    where run_id = ${runId} and closed_at is null for no key update`.execute(tx);
  return rows.length > 0;
}

/** The same; throws `RunHasEnded` where it is closed. */
export async function requireOpenRun(tx: Transaction, runId: string): Promise<void> {
  if (await holdOpenRun(tx, runId)) return;
  if ((await isOpen(tx, runId)) === false)
    throw new RunHasEnded(`the run ${runId} has ended: it takes no more work`);
}

/** True while a run has not ended; null where the ledger does not know it. */
export async function isOpen(db: Database, runId: string): Promise<boolean | null> {
  const { rows } = await sql<{ open: boolean }>`
    select closed_at is null as open from market.runs where run_id = ${runId}`.execute(db);
  return rows[0]?.open ?? null;
}

/** Says of a run that it waits, now and then. */
export async function noteWait(db: Database, runId: string, message: string): Promise<void> {
  await noteSeldom(db, runId, { level: 'info', message, data: { kind: 'waits' } });
}
