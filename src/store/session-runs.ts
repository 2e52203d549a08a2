import { sql } from 'kysely';
import type { SessionDate } from '../domain/session.ts';
import type { Database } from './database.ts';
import type { RunStatus } from './schema.ts';
import type { SourceName } from '../domain/source.ts';

/** A run as the ledger has it. */
export interface LedgerRun {
  readonly runId: string;
  readonly flow: string;
  readonly workflowId: string;
  readonly status: RunStatus;
}

/**
 * The latest run of a flow for everything that is due of a session's daily bars, whether or not it came to enter what it
 * was to load; null when there is none.
 */
export async function ingestionOf(
  db: Database,
  flow: string,
  session: SessionDate,
): Promise<LedgerRun | null> {
  const { rows } = await sql<LedgerRun>`
    select run_id as "runId", flow, workflow_id as "workflowId", status from market.runs run
    where flow = ${flow} and started_at >= ${session}::date
      and not parameters ? 'symbols' and not parameters ? 'maxSymbols'
      and (exists (select from market.load_runs load where load.run_id = run.run_id and load.interval = '1d'
          and ${session}::date between load.range_start and load.range_end)
        or (status <> 'completed' and parameters ->> 'interval' = '1d'
          and ${session} between sessions -> 'range' ->> 'from' and sessions -> 'range' ->> 'to'))
    order by started_at desc limit 1`.execute(db);
  return rows[0] ?? null;
}

/** The latest validation of all that is stored of a session, by all rules; null when there is none. */
export async function validationOf(db: Database, session: SessionDate): Promise<LedgerRun | null> {
  const { rows } = await sql<LedgerRun>`
    select run_id as "runId", flow, workflow_id as "workflowId", status from market.runs
    where flow = 'market-data-validation' and started_at >= ${session}::date
      and not parameters ?| array['symbols', 'maxSymbols', 'checks']
      and ${session} between sessions -> 'range' ->> 'from' and sessions -> 'range' ->> 'to'
    order by started_at desc limit 1`.execute(db);
  return rows[0] ?? null;
}

/** Days in which what comes by itself has come at least once, whatever closes. */
const recentDays = 10;

/** Whether a flow has run for everything due in the days before a session, or since. */
export async function hasRunBefore(db: Database, flow: string, session: SessionDate): Promise<boolean> {
  const { rows } = await sql<{ has: boolean }>`
    select exists (select from market.runs where flow = ${flow} and not parameters ? 'symbols'
      and started_at >= ${session}::date - ${recentDays}::int) as has`.execute(db);
  return rows[0]?.has === true;
}

/** The runs that a run has started, and those that these have; of each workflow id the latest. */
export async function descendantsOf(db: Database, runId: string): Promise<readonly LedgerRun[]> {
  const { rows } = await sql<LedgerRun>`
    with recursive below as (
      select run.* from market.runs run where parent_run_id = ${runId}
      union select run.* from market.runs run join below on run.parent_run_id = below.run_id
    )
    select distinct on (workflow_id) run_id as "runId", flow, workflow_id as "workflowId", status from below
    order by workflow_id, started_at desc`.execute(db);
  return rows;
}

/** How many of a run's symbols that are listed today have neither a bar of a session nor a reason why not. */
export async function symbolsWithoutBar(
  db: Database,
  {
    runId,
    source,
    session,
  }: { readonly runId: string; readonly source: SourceName; readonly session: SessionDate },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from market.load_runs load join market.instruments i on i.id = load.instrument_id
    where load.run_id = ${runId} and i.active
      and not exists (select from market.daily_bars bar where bar.instrument_id = i.id and bar.source = ${source}
        and bar.session_date = ${session}::date)
      and not exists (select from market.bar_absences absence where absence.instrument_id = i.id
        and absence.source = ${source} and absence.interval = '1d' and absence.confirmed
        and ${session}::date between absence.session_date and absence.last_session)`.execute(db);
  return rows[0]?.count ?? 0;
}
