import { sql, type RawBuilder } from 'kysely';
import type { Database } from '../database.ts';

/** Calendar days between the end of one range and the begin of the next that hold no session. */
const seam = 5;

/**
 * A later load of the same series that brought the range of a load of `load`: all of it, or its end, where another one brought
 * what lies before; the windows of nightly runs move on. Where nobody knows whose symbol it was: one of that spelling, of a later
 * run of the same flow.
 */
export const laterSuccess: RawBuilder<unknown> = sql`
  select later.run_id from (
    -- The newest first: of many failed nights that a repair has made good each looks at one.
    select run_id, status, data_source, interval, range_start, range_end from market.load_runs
    where instrument_id = load.instrument_id and id > load.id order by id desc
  ) later
  where later.status = 'success' and later.data_source = load.data_source and later.interval = load.interval
    and later.range_start <= load.range_end and later.range_end >= load.range_end
    and (later.range_start <= load.range_start or exists (
      select from market.load_runs begun where begun.instrument_id = load.instrument_id and begun.status = 'success'
        and begun.data_source = load.data_source and begun.interval = load.interval
        and begun.range_start <= load.range_start and begun.range_end >= later.range_start - ${sql.lit(seam)}::int))
  union all
  select later.run_id from market.runs of_load
    join market.runs after on after.flow = of_load.flow and after.started_at > of_load.started_at
    join market.load_runs later on later.run_id = after.run_id and later.symbol = load.symbol
  where load.instrument_id is null and of_load.run_id = load.run_id and later.status = 'success'
    and later.range_start <= load.range_start and later.range_end >= load.range_end`;

/**
 * Which of these runs, that ended with failures or failed, later ones have made good: each load that failed came later, or
 * where none did the same was asked again and done.
 */
export async function runsMadeGood(db: Database, runIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (runIds.length === 0) return new Set();
  const failedLoads = sql`select from market.load_runs load
    where load.run_id = run.run_id and load.error_kind is not null and load.status = 'failed'`;
  const { rows } = await sql<{ runId: string }>`
    select run.run_id::text as "runId" from market.runs run where run.run_id = any(${[...runIds]}::uuid[])
      and case when exists (${failedLoads}) then not exists (${failedLoads} and not exists (${laterSuccess}))
        else exists (select from market.runs later where later.workflow_id = run.workflow_id
          and later.started_at > run.started_at and later.status = 'completed'
          and coalesce((later.summary ->> 'failed')::int, 0) = 0) end`.execute(db);
  return new Set(rows.map(({ runId }) => runId));
}
