import { sql } from 'kysely';
import type { Interval } from '../domain/interval.ts';
import type { SourceName } from '../domain/source.ts';
import type { Database } from './database.ts';

/** What runs are measured by. */
interface ThroughputQuery {
  readonly source: SourceName;
  readonly interval: Interval;
  /** The pace of the source: a run that took hardly longer than that says nothing of what could be kept. */
  readonly secondsPerRequest: number;
}

/** Fewer bars than that are kept within the time that any run takes. */
const tellingRecords = 1_000;
const recentRuns = 20;
/** So many times what the pace takes. */
const heldUpByMore = 1.5;

/** Bars a second that were kept by the best of the last runs that the pace did not hold up; null: none tells. */
export async function measuredThroughput(
  db: Database,
  { source, interval, secondsPerRequest }: ThroughputQuery,
): Promise<number | null> {
  const { rows } = await sql<{ rate: number | null }>`
    select max(records / seconds)::float8 as rate from (
      select (summary ->> 'totalRecords')::float8 as records, requests,
        extract(epoch from closed_at - started_at)::float8 as seconds
      from market.runs
      where status = 'completed' and parameters ->> 'source' = ${source} and parameters ->> 'interval' = ${interval}
        and (summary ->> 'totalRecords')::float8 >= ${tellingRecords}
      order by started_at desc limit ${recentRuns}) run
    where seconds > 0 and seconds > requests * ${heldUpByMore * secondsPerRequest}::float8`.execute(db);
  return rows[0]?.rate ?? null;
}
