import { sql } from 'kysely';
import type { Database } from './database.ts';
import { findingsWithin, findingsWithinAll, type JudgedCells } from './findings.ts';

interface FindingCounts {
  readonly opened: number;
  readonly reopened: number;
  readonly repaired: number;
  readonly error: number;
  readonly warn: number;
  readonly info: number;
  /** Instruments, sources and sessions with an open error. */
  readonly blocked: number;
}

/** What a run has made of findings, and what is open now of some rules and instruments within a range. */
export async function validationCounts(
  db: Database,
  runId: string,
  { everything, ...judged }: JudgedCells & { readonly everything: boolean },
): Promise<FindingCounts> {
  const { rows } = await sql<FindingCounts>`
    with told as (
      select count(*) filter (where event = 'opened')::int as opened,
        count(*) filter (where event = 'reopened')::int as reopened,
        count(*) filter (where event = 'repaired')::int as repaired
      from market.finding_events where run_id = ${runId}
    ), standing as (
      select count(*) filter (where severity = 'error')::int as error,
        count(*) filter (where severity = 'warn')::int as warn,
        count(*) filter (where severity = 'info')::int as info,
        count(distinct (instrument_id, source, range_start))
          filter (where severity = 'error' and instrument_id is not null)::int as blocked
      from market.quality_findings
      where status = 'open' and ${everything ? findingsWithinAll(judged) : findingsWithin(judged)}
    )
    select * from told, standing`.execute(db);
  return rows[0] ?? { opened: 0, reopened: 0, repaired: 0, error: 0, warn: 0, info: 0, blocked: 0 };
}
