import { sql } from 'kysely';
import type { FindingStatus } from './read-findings.ts';
import type { Transaction } from './transaction.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';

/** What a person says of a finding, and why. */
export interface SaidOfFinding {
  readonly status: Extract<FindingStatus, 'open' | 'accepted'>;
  /** `user@host`. */
  readonly person: string;
  readonly reason: string;
}

/** The status of a finding, which nobody changes until the transaction ends; null: there is none of that id. */
export async function holdFinding(tx: Transaction, id: number): Promise<FindingStatus | null> {
  const { rows } = await sql<{ status: FindingStatus }>`
    select status from market.quality_findings where id = ${id}::bigint for update`.execute(tx);
  return rows[0]?.status ?? null;
}

/** Gives a finding the status that a person says; the same once more, or opening what is open, changes nothing. */
export async function sayOfFinding(
  tx: Transaction,
  id: number,
  { status, person, reason }: SaidOfFinding,
): Promise<void> {
  await sql`select set_config('market.person', ${person}, true)`.execute(tx);
  await sql`update market.quality_findings set status = ${status}, reason = ${reason}
    where id = ${id}::bigint and (status <> ${status} or ${status} = 'accepted' and reason is distinct from ${reason})`.execute(
    tx,
  );
  await sql`select set_config('market.person', '', true)`.execute(tx);
}

/** The findings of rules on one daily bar. */
export async function cellFindings(
  tx: Transaction,
  { rules, instrumentId, source, session }: CellOfRules,
): Promise<readonly number[]> {
  const { rows } = await sql<{ id: number }>`select id from market.quality_findings
    where rule = any(${rules}::text[]) and instrument_id = ${instrumentId} and source = ${source} and interval = '1d'
      and range_start = ${session}::date and range_end = ${session}::date order by id`.execute(tx);
  return rows.map(({ id }) => id);
}

interface CellOfRules {
  readonly rules: readonly string[];
  readonly instrumentId: number;
  readonly source: SourceName;
  readonly session: SessionDate;
}
