import type pg from 'pg';
import type { SessionDate } from '../domain/session.ts';

/** A load that is not completed, and the listing of its instrument. */
export interface OpenLoad {
  readonly id: number;
  readonly instrumentId: number;
  readonly active: boolean;
  readonly delistedOn: SessionDate | null;
}

/** The open loads of a run between two ids, by instrument; inside the caller's transaction nobody else gets them. */
export async function openLoads(
  client: Pick<pg.PoolClient, 'query'>,
  runId: string,
  { first, last }: { readonly first: number; readonly last: number },
): Promise<readonly OpenLoad[]> {
  const { rows } = await client.query<OpenLoad>(
    // Not by an index on the run, which has many loads more: the planner believes that a new run has none.
    `select load.id, i.id as "instrumentId", i.active, i.delisted_on as "delistedOn"
     from market.load_runs load join market.instruments i on i.id = load.instrument_id
     where load.run_id is not distinct from $1 and load.id between $2 and $3 and load.completed_at is null
     order by i.id for update of load`,
    [runId, first, last],
  );
  return rows;
}
