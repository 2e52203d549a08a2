import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../../src/store/database.ts';

interface RunRow {
  readonly runId?: string;
  readonly workflowId?: string;
  readonly flow?: string;
  readonly status?: string;
  readonly startedAt?: string;
  /** Null: it goes on. */
  readonly closedAt?: string | null;
  readonly summary?: object | null;
  readonly parameters?: object;
  readonly startedBy?: string | null;
  readonly session?: string;
  readonly requests?: number;
  readonly parentRunId?: string;
}

/** Enters a run that has ended, or another one, as it stands in the ledger; returns its run id. */
export async function addRun(db: Database, row: RunRow = {}): Promise<string> {
  const { runId = randomUUID(), flow = 'polygon-daily-ingestion', session = '2026-11-24' } = row;
  const range = { from: session, to: session };
  const sessions = { range, sessions: [session] };
  await sql`insert into market.runs (run_id, workflow_id, flow, parameters, sessions, status, started_by, started_at,
      closed_at, requests, summary, parent_run_id)
    values (${runId}, ${row.workflowId ?? `${flow}/${session}/${runId.slice(0, 8)}`}, ${flow},
      ${JSON.stringify(row.parameters ?? { daysBack: 1 })}::jsonb, ${JSON.stringify(sessions)}::jsonb,
      ${row.status ?? 'completed'}, ${row.startedBy === undefined ? 'schedule' : row.startedBy},
      ${row.startedAt ?? '2026-11-25T02:00:00Z'},
      ${row.closedAt === undefined ? '2026-11-25T02:01:00Z' : row.closedAt}, ${row.requests ?? 6},
      ${row.summary === undefined ? JSON.stringify({ totalSymbols: 2, failed: 0 }) : JSON.stringify(row.summary)}::jsonb,
      ${row.parentRunId ?? null})`.execute(db);
  return runId;
}

interface LoadRow {
  readonly symbol: string;
  readonly instrumentId?: number | null;
  readonly status?: string;
  readonly session?: string;
  readonly kind?: string | null;
  readonly message?: string | null;
}

/** Enters loads of a run, each of a series of its own where no instrument is told. */
export async function addLoads(db: Database, runId: string, rows: readonly LoadRow[]): Promise<void> {
  for (const { symbol, instrumentId = null, status = 'success', session = '2026-11-24', ...error } of rows)
    await sql`insert into market.load_runs (workflow_id, run_id, symbol, instrument_id, data_source, interval,
        range_start, range_end, records_count, status, error_kind, error_message, attempts, completed_at)
      values ('any', ${runId}, ${symbol}, ${instrumentId}, 'polygon', '1d', ${session}, ${session}, 1, ${status},
        ${error.kind ?? null}, ${error.message ?? null}, 1, now())`.execute(db);
}
