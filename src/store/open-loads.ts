import { sql } from 'kysely';
import type { SessionDate } from '../domain/session.ts';
import type { RunFailure } from '../domain/load-error.ts';
import { abandonLoads } from './load-runs.ts';
import type { Transaction } from './transaction.ts';

/** A load that is not completed, and the listing of its instrument. */
export interface OpenLoad {
  readonly id: number;
  readonly instrumentId: number;
  readonly symbol: string;
  readonly active: boolean;
  readonly delistedOn: SessionDate | null;
}

/** The open loads of a run between two ids, by instrument; until the transaction ends nobody else gets them. */
export async function openLoads(
  tx: Transaction,
  runId: string,
  { first, last }: { readonly first: number; readonly last: number },
): Promise<readonly OpenLoad[]> {
  // Not by an index on the run, which has many loads more: the planner believes that a new run has none.
  const { rows } = await sql<OpenLoad>`
    select load.id, i.id as "instrumentId", load.symbol, i.active, i.delisted_on as "delistedOn"
    from market.load_runs load join market.instruments i on i.id = load.instrument_id
    where load.run_id is not distinct from ${runId} and load.id between ${first} and ${last}
      and load.completed_at is null
    order by i.id for update of load`.execute(tx);
  return rows;
}

/** What becomes of what a run has left open. */
export interface LeftOpen {
  readonly status: 'failed' | 'cancelled';
  readonly error: RunFailure;
}

/** Closes the requests that are pending, and the loads that are not completed. */
export async function abandonOpen(tx: Transaction, runId: string, left: LeftOpen): Promise<void> {
  const { kind, message } = left.error;
  await sql`
    with open as (
      select id from market.load_requests where run_id = ${runId} and status = 'pending' order by id for update
    )
    update market.load_requests request set status = 'failed', error_kind = ${kind}, error_message = ${message},
      closed_at = clock_timestamp() from open where request.id = open.id`.execute(tx);
  await abandonLoads(tx, runId, left);
}
