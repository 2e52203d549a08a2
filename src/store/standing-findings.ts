import { sql } from 'kysely';
import type { DateRange } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import type { Finding, JudgedCells } from './findings.ts';
import type { Transaction } from './transaction.ts';
import type { SourceName } from '../domain/source.ts';

/** A finding of one instrument that stands: open, or accepted. */
export interface StandingFinding extends Pick<Finding, 'rule' | 'instrumentId' | 'range'> {
  readonly id: number;
  readonly evidence: Readonly<Record<string, unknown>>;
}

/** The findings of rules and instruments on daily bars of a source that stand and reach into a range, the oldest first; nobody else changes them until the transaction ends. */
export async function standingFindings(
  tx: Transaction,
  { rules, instrumentIds, source, range }: JudgedCells & { readonly source: SourceName },
): Promise<readonly StandingFinding[]> {
  const { rows } = await sql<
    Omit<StandingFinding, 'range'> & { readonly from: SessionDate; readonly to: SessionDate }
  >`select id, rule, instrument_id as "instrumentId", range_start as "from", range_end as "to", evidence
    from market.quality_findings
    where status <> 'repaired' and rule = any(${rules}::text[]) and instrument_id = any(${instrumentIds}::int[])
      and source = ${source} and interval = '1d' and range_start <= ${range.to}::date and range_end >= ${range.from}::date
    order by id for update`.execute(tx);
  return rows.map(({ from, to, ...row }) => ({ ...row, range: { from, to } }));
}

/** Gives a finding another range; not where the same was found of that range before. */
export async function moveFinding(tx: Transaction, id: number, { from, to }: DateRange): Promise<void> {
  await sql`
    update market.quality_findings known set range_start = ${from}::date, range_end = ${to}::date
    where id = ${id}::bigint and not exists (
      select from market.quality_findings other
      where (other.rule, other.instrument_id, other.source, other.interval) = (known.rule, known.instrument_id, known.source, known.interval)
        and other.range_start = ${from}::date and other.range_end = ${to}::date)`.execute(tx);
}
