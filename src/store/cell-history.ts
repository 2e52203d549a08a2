import { sql } from 'kysely';
import type { Interval } from '../domain/interval.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import type { Database } from './database.ts';

/** One cell. */
export interface CellWish {
  readonly instrumentId: number;
  readonly source: SourceName;
  readonly interval: Interval;
  readonly session: SessionDate;
}

/** Who asked for a cell, and how that ended. */
export interface CellLoad {
  readonly workflowId: string;
  readonly runId: string;
  readonly flow: string;
  readonly status: string;
  readonly errorKind: string | null;
  readonly errorMessage: string | null;
  /** Null: it goes on. */
  readonly completedAt: Date | null;
}

/** What is stored of a cell, and by whom. */
export interface CellHistory {
  /** The daily bar of each source, as traded; of an hourly cell none. */
  readonly bars: readonly {
    readonly source: SourceName;
    readonly close: number;
    readonly settled: boolean;
    readonly observedAt: Date;
  }[];
  /** What is believed of its lack, or seen and not believed yet. */
  readonly absences: readonly {
    readonly reason: string;
    readonly confirmed: boolean;
    readonly observedAt: Date;
  }[];
  /** The latest first. */
  readonly loads: readonly CellLoad[];
  readonly findings: readonly { readonly id: number; readonly rule: string; readonly severity: string }[];
}

const mostLoads = 6;

/** What is known of one cell. */
export async function readCellHistory(db: Database, wish: CellWish): Promise<CellHistory> {
  const { instrumentId, source, interval, session } = wish;
  const bars = await sql<CellHistory['bars'][number]>`
    select source, close, settled, observed_at as "observedAt" from market.daily_bars
    where instrument_id = ${instrumentId} and session_date = ${session}::date and ${interval} = '1d' order by source`.execute(
    db,
  );
  const absences = await sql<CellHistory['absences'][number]>`
    select reason, confirmed, observed_at as "observedAt" from market.bar_absences
    where instrument_id = ${instrumentId} and source = ${source} and interval = ${interval} and opens_at is null
      and session_date <= ${session}::date and last_session >= ${session}::date order by observed_at`.execute(
    db,
  );
  const loads = await sql<CellLoad>`
    select run.workflow_id as "workflowId", run.run_id as "runId", run.flow, load.status, load.error_kind as "errorKind",
      load.error_message as "errorMessage", load.completed_at as "completedAt"
    from market.load_runs load join market.runs run on run.run_id = load.run_id
    where load.instrument_id = ${instrumentId} and load.data_source = ${source} and load.interval = ${interval}
      and load.range_start <= ${session}::date and load.range_end >= ${session}::date
    order by load.id desc limit ${mostLoads}`.execute(db);
  const findings = await sql<CellHistory['findings'][number]>`
    select id, rule, severity from market.quality_findings
    where instrument_id = ${instrumentId} and source = ${source} and interval = ${interval} and status = 'open'
      and range_start <= ${session}::date and range_end >= ${session}::date order by severity, id`.execute(
    db,
  );
  return { bars: bars.rows, absences: absences.rows, loads: loads.rows, findings: findings.rows };
}
