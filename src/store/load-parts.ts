import { sql } from 'kysely';
import type { Transaction } from './transaction.ts';

/** How the requests of a load stand that is asked in parts, but for those that are being closed. */
export interface OtherParts {
  readonly open: number;
  readonly done: number;
  readonly failed: number;
  /** Something of what came before was wrong. */
  readonly isFlawed: boolean;
}

/** The other requests of some loads, by load. */
export async function otherParts(
  tx: Transaction,
  loadIds: readonly number[],
  closing: readonly number[],
): Promise<ReadonlyMap<number, OtherParts>> {
  if (loadIds.length === 0) return new Map();
  const { rows } = await sql<OtherParts & { readonly id: number }>`
    select l.id, l.error_kind is not null as "isFlawed",
      count(*) filter (where r.status = 'pending')::int as open, count(*) filter (where r.status = 'done')::int as done,
      count(*) filter (where r.status = 'failed')::int as failed
    from market.load_runs l
    left join market.load_requests r on r.load_id = l.id and r.id <> all(${closing}::bigint[])
    where l.id = any(${loadIds}::bigint[]) group by l.id`.execute(tx);
  return new Map(rows.map(({ id, ...parts }) => [id, parts]));
}
