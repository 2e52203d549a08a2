import { sql, type RawBuilder } from 'kysely';
import type { Interval } from '../domain/interval.ts';
import type { WayInRule } from '../domain/quality-rule.ts';
import type { ObservedBar } from '../domain/rejected-record.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import { instantText } from './as-of.ts';
import type { BarOrigin } from './bars/incoming-bars.ts';
import type { Database } from './database.ts';
import { repairedBy } from './findings.ts';
import type { FindingStatus } from './read-findings.ts';
import type { Transaction } from './transaction.ts';

export const quarantined: WayInRule = 'quarantined';

/** Sessions running of which records are refused. */
export type SessionRun = readonly [from: SessionDate, to: SessionDate];

/** A finding of refused records of one instrument that is not repaired. */
export interface QuarantineFinding {
  readonly id: number;
  readonly instrumentId: number;
  readonly from: SessionDate;
  readonly to: SessionDate;
  readonly status: FindingStatus;
  /** Of one over many sessions: which these are. */
  readonly runs: readonly SessionRun[];
  /** Of one over one session: what was observed; null: no bar. */
  readonly bar: ObservedBar | null;
}

type Series = Pick<BarOrigin, 'source' | 'interval'>;

/** What of some instruments is in quarantine, or has been settled there by a person. */
export async function quarantineOf(
  db: Database,
  { source, interval }: Series,
  instrumentIds: readonly number[],
): Promise<readonly QuarantineFinding[]> {
  if (instrumentIds.length === 0) return [];
  const { rows } = await sql<QuarantineFinding>`
    select id, instrument_id as "instrumentId", range_start as "from", range_end as "to", status,
      coalesce(evidence -> 'runs', '[]') as runs, evidence -> 'bar' as bar
    from market.quality_findings
    where rule = ${quarantined} and source = ${source} and interval = ${interval} and status <> 'repaired'
      and instrument_id = any(${instrumentIds}::int[]) order by id`.execute(db);
  return rows;
}

/** Notes that findings are found again as they are. */
export async function seeQuarantine(db: Database, runId: string, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`update market.quality_findings set seen_at = now(), run_id = ${runId}
    where id = any(${ids}::bigint[])`.execute(db);
}

/** Closes findings whose cells are accounted for, and lets their records out of quarantine. */
export async function closeQuarantine(
  tx: Transaction,
  { runId }: BarOrigin,
  findings: readonly QuarantineFinding[],
): Promise<void> {
  if (findings.length === 0) return;
  const ids = findings.map(({ id }) => id);
  await sql`update market.quality_findings set ${repairedBy(runId)}
    where id = any(${ids}::bigint[]) and status = 'open'`.execute(tx);
  await settleRows(tx, sql`id = any(${ids}::bigint[])`, 'repaired');
}

/** Says what became of the records that a finding is of. */
export function settleRowsOf(tx: Transaction, id: number, as: 'released' | 'rejected'): Promise<void> {
  return settleRows(tx, sql`id = ${id}::bigint`, as);
}

async function settleRows(
  tx: Transaction,
  which: RawBuilder<unknown>,
  as: 'repaired' | 'released' | 'rejected',
): Promise<void> {
  await sql`
    update market.rejected_rows kept set settled_at = clock_timestamp(), settled_as = ${as}
    from (select * from market.quality_findings where ${which}) found
    where kept.instrument_id = found.instrument_id and kept.source = found.source
      and kept.interval = found.interval and kept.settled_at is null
      and coalesce(kept.session_date, found.range_start) between found.range_start and found.range_end`.execute(
    tx,
  );
}

/** Lets the records of a session that said nobody's name out of quarantine. */
export async function settleDayRows(
  tx: Transaction,
  { source, session }: { readonly source: BarOrigin['source']; readonly session: SessionDate },
): Promise<void> {
  await sql`
    update market.rejected_rows set settled_at = clock_timestamp(), settled_as = 'repaired'
    where instrument_id is null and session_date = ${session}::date and source = ${source} and interval = '1d'
      and symbol is null and settled_at is null`.execute(tx);
}

/** A finding that a person settles, and what it is of. */
export interface HeldFinding {
  readonly rule: string;
  readonly status: FindingStatus;
  readonly reason: string | null;
  readonly instrumentId: number | null;
  readonly source: SourceName | null;
  readonly interval: Interval | null;
  readonly from: SessionDate;
  readonly to: SessionDate;
  /** The run that said of it last. */
  readonly runId: string | null;
  /** When the source answered with it; ISO 8601. */
  readonly observedAt: string;
  readonly evidence: Readonly<Record<string, unknown>>;
}

/** A finding that nobody else changes until the transaction ends; null: there is none of that id. */
export async function holdQuarantined(tx: Transaction, id: number): Promise<HeldFinding | null> {
  const { rows } = await sql<HeldFinding>`
    select rule, status, reason, instrument_id as "instrumentId", source, interval, range_start as "from",
      range_end as "to", run_id as "runId", evidence, ${instantText(sql`coalesce((
        select max(kept.observed_at) from market.rejected_rows kept
        where kept.instrument_id = found.instrument_id and kept.source = found.source
          and kept.interval = found.interval and kept.session_date between found.range_start and found.range_end
      ), found.seen_at)`)} as "observedAt"
    from market.quality_findings found where id = ${id}::bigint for update of found`.execute(tx);
  return rows[0] ?? null;
}

/** Puts the records of a finding that a person has rejected back into quarantine. */
export async function unsettleRowsOf(tx: Transaction, id: number): Promise<void> {
  await sql`
    update market.rejected_rows kept set settled_at = null, settled_as = null
    from market.quality_findings found
    where found.id = ${id}::bigint and kept.instrument_id = found.instrument_id and kept.source = found.source
      and kept.interval = found.interval and kept.settled_as = 'rejected'
      and kept.session_date between found.range_start and found.range_end`.execute(tx);
}
