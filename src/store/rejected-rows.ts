import { sql } from 'kysely';
import type { Interval } from '../domain/interval.ts';
import type { RejectedRecord } from '../domain/rejected-record.ts';
import type { SourceName } from '../domain/source.ts';
import { evidenceOf, jsonOf } from './json.ts';
import { addRunEvents } from './run-events.ts';
import type { Transaction } from './transaction.ts';

/** A rejected record, and what is known of where it would have gone. */
export interface RejectedRow extends RejectedRecord {
  readonly interval?: Interval;
  readonly instrumentId?: number;
  /** When the provider answered, ISO 8601. */
  readonly observedAt?: string;
  /** It is of a corporate action that came along with bars. */
  readonly isAction?: true;
}

export interface RejectionOrigin {
  readonly source: SourceName;
  /** Null: no run has asked. */
  readonly runId: string | null;
}

/** Rows that a run keeps: more of them say nothing more. */
const keptOfRun = 1_000;

/**
 * Keeps rejected rows as evidence, so many a run; how many are beyond that goes to the run's events. What is in quarantine
 * already with the same record is there once.
 */
export async function keepRejected(
  tx: Transaction,
  { source, runId }: RejectionOrigin,
  rejected: readonly RejectedRow[],
): Promise<void> {
  if (rejected.length === 0) return;
  const room = runId === null ? keptOfRun : await roomOf(tx, runId);
  const kept = rejected.slice(0, room);
  await insertRejected(tx, { source, runId }, kept);
  const beyond = rejected.length - kept.length;
  if (runId === null || beyond === 0) return;
  const message = `${beyond} rejected rows more are not kept: a run keeps ${keptOfRun}`;
  await addRunEvents(tx, runId, [{ level: 'warn', message, data: { beyond } }]);
}

/** How many rows a run may still keep; until the transaction ends nobody else keeps any of it. */
async function roomOf(tx: Transaction, runId: string): Promise<number> {
  await sql`select from market.runs where run_id = ${runId} for no key update`.execute(tx);
  const { rows } = await sql<{ kept: number }>`
    select count(*)::int as kept from market.rejected_rows where run_id = ${runId}`.execute(tx);
  return Math.max(0, keptOfRun - (rows[0]?.kept ?? 0));
}

/** Of what is told twice of one cell, the first. */
function withoutTwins(rejected: readonly RejectedRow[]): readonly RejectedRow[] {
  const known = new Set<string>();
  return rejected.filter(({ instrumentId, ...row }) => {
    const key = instrumentId === undefined ? null : JSON.stringify([instrumentId, row]);
    if (key === null || !known.has(key)) return known.add(key ?? '');
    return false;
  });
}

async function insertRejected(
  tx: Transaction,
  { source, runId }: RejectionOrigin,
  rejected: readonly RejectedRow[],
): Promise<void> {
  const rows = withoutTwins(rejected).map(({ record, symbol, bar: _, ...row }, place) => ({
    ...row,
    place,
    symbol: evidenceOf(symbol),
    row: evidenceOf(record),
  }));
  await sql`
    insert into market.rejected_rows (run_id, source, symbol, instrument_id, interval, session_date, opens_at, field,
      reason, "row", observed_at)
    select ${runId}::uuid, ${source}, symbol, "instrumentId", interval, session, "opensAt", field, wrong,
      coalesce("row", 'null'::jsonb), "observedAt"
    from jsonb_to_recordset(${jsonOf(rows)}::jsonb) as r(symbol text, "instrumentId" int, interval text, session date,
      "opensAt" timestamptz, field text, wrong text, "row" jsonb, "observedAt" timestamptz, place int)
    where not exists (select from market.rejected_rows known
      where known.instrument_id = r."instrumentId" and known.source = ${source} and known.session_date = r.session
        and (known.interval, known.opens_at) is not distinct from (r.interval, r."opensAt")
        and known.field = r.field and known."row" = r."row" and known.settled_at is null)
    order by place`.execute(tx);
}
