import { sql } from 'kysely';
import { coverageVersion } from './coverage-version.ts';
import type { Database } from './database.ts';
import { workerSilenceMs } from './workers.ts';

/** Texts that are others once what pages show of a matter is another. */
export interface LiveMarks {
  readonly runs: string;
  readonly coverage: string;
  readonly findings: string;
  /** Who works, and which provider refuses. */
  readonly services: string;
}

/** Reads all of them: cheap enough for every other second. */
export async function readLiveMarks(db: Database): Promise<LiveMarks> {
  const { rows } = await sql<Omit<LiveMarks, 'coverage'>>`
    select concat_ws(' ', (select max(started_at) from market.runs), (select max(closed_at) from market.runs),
        (select md5(string_agg(concat(run_id, status, requests, (
          select concat(count(*) filter (where status not in ('pending', 'running')), ' ', count(*)) from market.load_runs
          where run_id = run.run_id)), ' ' order by run_id)) from market.runs run where closed_at is null)) as runs,
      coalesce((select max(id) from market.finding_events), 0)::text as findings,
      concat_ws(' ', (select string_agg(distinct pool, ' ' order by pool) from market.workers
          where stopped_at is null and seen_at > now() - ${workerSilenceMs} * interval '1 ms'),
        (select string_agg(provider || blocked_until::text, ' ' order by provider) from market.provider_budgets
          where blocked_until > now())) as services`.execute(db);
  const [marks] = rows;
  if (marks === undefined) throw new Error('one row was asked for');
  return { ...marks, coverage: await coverageVersion(db) };
}
