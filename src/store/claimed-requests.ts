import { sql } from 'kysely';
import type { Lane } from '../domain/lane.ts';
import type { Database } from './database.ts';

/**
 * Whose a request is: ours to ask now, answered to another run since ours began, asked by another at the moment, or no
 * longer planned.
 */
export type Claim = 'ours' | 'answered' | 'busy' | 'dropped';

/** Claims requests of one run that are pending, but for those of which all has come, or comes, to another run. */
export async function claimRequests(
  db: Database,
  ids: readonly number[],
  lane: Lane,
): Promise<ReadonlyMap<number, Claim>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ id: number; claim: Claim }>`
    select id, claim from market.claim_requests(${ids}::bigint[], ${lane})`.execute(db);
  const claims = new Map(rows.map(({ id, claim }) => [id, claim]));
  return new Map(ids.map((id) => [id, claims.get(id) ?? 'dropped']));
}

/** Lets go of requests that were not asked. */
export async function releaseRequests(db: Database, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`update market.load_requests set asked_at = null
    where id = any(${ids}::bigint[]) and status = 'pending'`.execute(db);
}
