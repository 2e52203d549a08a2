import { sql } from 'kysely';
import type { Database } from './database.ts';

/** Runs of the ledger, newest first. */
export function recentRuns(db: Database, limit: number) {
  return db
    .selectFrom('market.runs')
    .select(['workflow_id', 'run_id', 'flow', 'status', 'started_at', 'closed_at', 'summary'])
    .orderBy('started_at', 'desc')
    .limit(limit)
    .execute();
}

/** The run of that run id or workflow id, the newest if several; undefined when there is none. */
export function findRun(db: Database, id: string) {
  return db
    .selectFrom('market.runs')
    .selectAll()
    .where((is) => is.or([is('workflow_id', '=', id), is(is.cast<string>('run_id', 'text'), '=', id)]))
    .orderBy('started_at', 'desc')
    .executeTakeFirst();
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
