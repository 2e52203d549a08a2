import { sql } from 'kysely';
import type { SourceName } from '../domain/source.ts';
import type { RunSummary, SymbolError } from '../runs/run-summary.ts';
import type { SessionDate } from '../domain/session.ts';
import type { RunSessions } from '../runs/run.ts';
import type { Database } from './database.ts';
import { jsonOf } from './json.ts';
import type { EndedRunStatus } from './schema.ts';

interface RunRecord {
  readonly workflowId: string;
  readonly runId: string;
  /** Temporal's, that it runs in; unset: the one that is called `default`. */
  readonly namespace?: string;
  /** What that server calls the namespace, like no other does; absent where nobody knows. */
  readonly namespaceId?: string | null;
  readonly flow: string;
  readonly parameters: object;
  readonly sessions: RunSessions;
  readonly startedAt: string;
  /** Absent where nobody knows. */
  readonly startedBy?: string | null;
  /** Of the run that had it done beside its own work. */
  readonly parentRunId?: string | null;
}

/** Enters a run into the ledger; again is no second entry. */
export async function insertRun(db: Database, run: RunRecord): Promise<void> {
  await db
    .insertInto('market.runs')
    .values({
      run_id: run.runId,
      workflow_id: run.workflowId,
      ...(run.namespace === undefined ? {} : { namespace: run.namespace }),
      namespace_id: run.namespaceId ?? null,
      flow: run.flow,
      parameters: jsonOf(run.parameters),
      sessions: JSON.stringify(run.sessions),
      status: 'running',
      started_by: run.startedBy ?? null,
      parent_run_id: run.parentRunId ?? null,
      started_at: run.startedAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** When a run began, ISO 8601; null where the ledger does not know it. */
export async function runBegan(db: Database, runId: string): Promise<string | null> {
  const run = await db
    .selectFrom('market.runs')
    .select('started_at')
    .where('run_id', '=', runId)
    .executeTakeFirst();
  return run?.started_at.toISOString() ?? null;
}

/** The time that a run is for, ISO 8601; null where the ledger does not know. */
export async function readNominalTime(db: Database, runId: string): Promise<string | null> {
  const { rows } = await sql<{ at: string | null }>`
    select parameters ->> 'nominalTime' as at from market.runs where run_id = ${runId}`.execute(db);
  return rows[0]?.at ?? null;
}

/** What runs of the last day, and those that go on, have asked of a source together. */
export interface AskedTogether {
  /** The latest time that they were for, ISO 8601, times to come left out; null: there is none. */
  readonly latest: string | null;
  /** The first of their sessions. */
  readonly firstSession: SessionDate | null;
}

export async function askedTogether(db: Database, source: SourceName): Promise<AskedTogether> {
  const { rows } = await sql<{ latest: Date | null; firstSession: SessionDate | null }>`
    select max((parameters ->> 'nominalTime')::timestamptz) as latest,
      min((sessions -> 'sessions' ->> 0)::date) as "firstSession" from market.runs
    where parameters ->> 'source' = ${source} and (closed_at is null or started_at > now() - interval '1 day')
      and (parameters ->> 'nominalTime')::timestamptz <= now()`.execute(db);
  const { latest = null, firstSession = null } = rows[0] ?? {};
  return { latest: latest?.toISOString() ?? null, firstSession };
}

/** The ledger has no entry of a run that works. */
class RunUnknown extends Error {
  override readonly name = 'RunUnknown';
  constructor(runId: string) {
    super(
      `the ledger does not know the run ${runId}: it was begun on another database, or its entry was lost; start it again`,
    );
  }
}

/** The sessions that a run is for, as they were worked out at its opening or for its last change of range. */
export async function readRunSessions(db: Database, runId: string): Promise<RunSessions> {
  const run = await db
    .selectFrom('market.runs')
    .select('sessions')
    .where('run_id', '=', runId)
    .executeTakeFirst();
  if (run === undefined) throw new RunUnknown(runId);
  return run.sessions;
}

/** Gives a run other sessions. */
export async function setRunSessions(db: Database, runId: string, sessions: RunSessions): Promise<void> {
  await db
    .updateTable('market.runs')
    .set({ sessions: JSON.stringify(sessions) })
    .where('run_id', '=', runId)
    .execute();
}

/** Adds to the requests that a run has made so far. */
export async function countRequests(
  db: Database,
  runId: string,
  made: { readonly requests?: number; readonly lookups?: number },
): Promise<void> {
  await sql`update market.runs set requests = requests + ${made.requests ?? 0}, lookups = lookups + ${made.lookups ?? 0}
    where run_id = ${runId}`.execute(db);
}

/** Closes a run; a closed one stays as it is. True: it was open until now. */
export async function closeRun(
  db: Database,
  runId: string,
  end: { readonly status: EndedRunStatus; readonly summary: object },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('market.runs')
    .set({ status: end.status, summary: jsonOf(end.summary), closed_at: new Date() })
    .where('run_id', '=', runId)
    .where('closed_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Longest list in a summary: all of it stays far below Temporal's payload limit. */
const listCap = 500;
/** Of those that went well the ledger has all; on Temporal's pages what went wrong should not be sought behind them. */
const goodCap = 50;

/** The summary of a run from its ledger rows. */
export async function summarize(db: Database, runId: string): Promise<RunSummary> {
  const counts = await sql<Record<'total' | 'good' | 'partial' | 'records' | 'changed' | 'settled', number>>`
    select count(*)::int as total, count(*) filter (where status = 'success')::int as good,
      count(*) filter (where status = 'partial')::int as partial,
      coalesce(sum(records_count), 0)::bigint as records, coalesce(sum(changed_count), 0)::bigint as changed,
      coalesce(sum(settled_count), 0)::bigint as settled
    from market.load_runs where run_id = ${runId}`.execute(db);
  const { total = 0, good = 0, partial = 0, records = 0, changed = 0, settled = 0 } = counts.rows[0] ?? {};
  const run = await db
    .selectFrom('market.runs')
    .select('requests')
    .where('run_id', '=', runId)
    .executeTakeFirst();
  const successfulSymbols = (await symbolsOf(db, runId, ['success'], goodCap)).map(({ symbol }) => symbol);
  const partialSymbols = await symbolsOf(db, runId, ['partial']);
  const failedSymbols = await symbolsOf(db, runId, ['failed', 'cancelled', 'pending', 'running']);
  const listed = successfulSymbols.length + partialSymbols.length + failedSymbols.length;
  return {
    totalSymbols: total,
    successful: good,
    partial,
    failed: total - good - partial,
    totalRecords: records,
    changedRecords: changed,
    settledRecords: settled,
    requests: run?.requests ?? 0,
    // What went wrong first: Temporal's pages show the beginning.
    failedSymbols,
    partialSymbols,
    omitted: total - listed,
    successfulSymbols,
  };
}

async function symbolsOf(
  db: Database,
  runId: string,
  statuses: readonly ('success' | 'partial' | 'failed' | 'cancelled' | 'pending' | 'running')[],
  cap = listCap,
): Promise<readonly SymbolError[]> {
  const rows = await db
    .selectFrom('market.load_runs')
    .select(['symbol', 'status', 'error_kind', 'error_message'])
    .where('run_id', '=', runId)
    .where('status', 'in', [...statuses])
    .orderBy('symbol')
    .limit(cap)
    .execute();
  return rows.map(({ symbol, status, error_kind, error_message }) => ({
    symbol,
    error: error_kind === null ? status : `${error_kind}: ${(error_message ?? '').slice(0, 160)}`,
  }));
}
