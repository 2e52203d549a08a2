import { sql, type RawBuilder } from 'kysely';
import type { Interval } from '../domain/interval.ts';
import type { SessionDate } from '../domain/session.ts';
import { severities, type Severity } from '../domain/severity.ts';
import type { SourceName } from '../domain/source.ts';
import { instantText } from './as-of.ts';
import type { Database } from './database.ts';

export const findingStatuses = ['open', 'accepted', 'repaired'] as const;
export type FindingStatus = (typeof findingStatuses)[number];

/** A finding as it stands; instants in ISO 8601. */
export interface StoredFinding {
  readonly id: number;
  readonly rule: string;
  readonly severity: Severity;
  readonly status: FindingStatus;
  /** Null: of no single instrument. */
  readonly symbol: string | null;
  readonly source: SourceName | null;
  readonly interval: Interval | null;
  readonly from: SessionDate;
  readonly to: SessionDate;
  readonly evidence: Readonly<Record<string, unknown>>;
  /** Why it has its status; null: nobody said. */
  readonly reason: string | null;
  readonly foundAt: string;
  readonly seenAt: string;
}

/** What became of a finding, by a run, a person (`user@host`) or neither. */
export interface FindingEvent {
  /** Seen: found again with another severity, bar or evidence. */
  readonly event: 'opened' | 'seen' | FindingStatus | 'reopened';
  readonly at: string;
  readonly runId: string | null;
  readonly person: string | null;
  readonly reason: string | null;
  readonly severity: Severity;
  readonly evidence: StoredFinding['evidence'];
}

/** Which findings; null: all. */
export interface FindingsWish {
  readonly instrumentIds: readonly number[] | null;
  readonly severity: Severity | null;
  readonly status: FindingStatus | null;
}

/** Findings as wished for: the open ones first, the gravest of them in front, then the latest sessions. */
export function readFindings(
  db: Database,
  { instrumentIds, severity, status }: FindingsWish,
): Promise<readonly StoredFinding[]> {
  const among = sql`(${instrumentIds}::int[] is null or f.instrument_id = any(${instrumentIds}::int[]))`;
  const graded = sql`(${severity}::text is null or f.severity = ${severity})`;
  const standing = sql`(${status}::text is null or f.status = ${status})`;
  return findingsWhere(db, sql`${among} and ${graded} and ${standing}`);
}

/** One finding; null: there is none of that id. */
export async function findFinding(db: Database, id: number): Promise<StoredFinding | null> {
  return (await findingsWhere(db, sql`f.id = ${id}::bigint`))[0] ?? null;
}

async function findingsWhere(db: Database, where: RawBuilder<unknown>): Promise<readonly StoredFinding[]> {
  const { rows } = await sql<StoredFinding>`
    select f.id, f.rule, f.severity, f.status, i.symbol, f.source, f.interval, f.range_start as "from",
      f.range_end as "to", f.evidence, f.reason, ${instantText(sql.ref('f.found_at'))} as "foundAt",
      ${instantText(sql.ref('f.seen_at'))} as "seenAt"
    from market.quality_findings f left join market.instruments i on i.id = f.instrument_id
    where ${where}
    order by array_position(${[...findingStatuses]}::text[], f.status),
      array_position(${[...severities]}::text[], f.severity), f.range_end desc, f.id desc`.execute(db);
  return rows;
}

/** What became of a finding, the first in front. */
export async function eventsOfFinding(db: Database, id: number): Promise<readonly FindingEvent[]> {
  const { rows } = await sql<FindingEvent>`
    select event, ${instantText(sql.ref('at'))} as at, run_id as "runId", person, reason, severity, evidence
    from market.finding_events where finding_id = ${id}::bigint order by id`.execute(db);
  return rows;
}
