import { sql } from 'kysely';
import type { SourceName } from '../domain/source.ts';
import type { Database } from './database.ts';
import type { ActionStatus } from './schema.ts';

/** Cash that a source tells of, in the shares of its ex-date. */
export interface StoredPayment {
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly source: SourceName;
  /** Null: it cannot be told. */
  readonly amount: number | null;
  readonly isGain: boolean;
  readonly status: ActionStatus;
}

/** All that sources tell of cash of instruments but what they have withdrawn, by instrument, oldest first. */
export async function storedPayments(
  db: Database,
  instrumentIds: readonly number[],
): Promise<ReadonlyMap<number, readonly StoredPayment[]>> {
  const { rows } = await sql<StoredPayment & { readonly id: number }>`
    select instrument_id as id, ex_date - date '1970-01-01' as day, source, amount, kind = 'capital_gain' as "isGain",
      status from market.corporate_actions
    where instrument_id = any(${instrumentIds}::int[]) and ratio is null and status <> 'withdrawn'
    order by instrument_id, ex_date, corporate_actions.id`.execute(db);
  return Map.groupBy(rows, ({ id }) => id);
}
