import { sql, type RawBuilder } from 'kysely';

/** Whether a later load has made good what a failed one left: it succeeded, and reached the last session of that. */
export const isMended = sql`exists (select from market.load_runs later
  where later.instrument_id = load.instrument_id and later.id > load.id and later.status = 'success'
    and later.data_source = load.data_source and later.interval = load.interval
    and later.range_start <= load.range_end and later.range_end >= load.range_end)`;

/** How many failed loads of a run nothing has made good since. */
export function failedSince(runId: RawBuilder<unknown>): RawBuilder<number> {
  return sql<number>`(select count(*)::int from market.load_runs load
    where load.run_id = ${runId} and load.status = 'failed' and not ${isMended})`;
}
