import { sql } from 'kysely';
import type { Lane } from '../domain/lane.ts';
import type { Database } from './database.ts';

/** Whose a request is: ours to ask now, answered to another run since ours began, or asked by another at the moment. */
export type Claim = 'ours' | 'answered' | 'busy';

/** Claims a request that is pending, unless all that it is for has come, or comes, to another run. */
export async function claimRequest(db: Database, id: number, lane: Lane): Promise<Claim> {
  const { rows } = await sql<{ claim: Claim }>`select market.claim_request(${id}, ${lane}) as claim`.execute(
    db,
  );
  return rows[0]?.claim ?? 'ours';
}

/** Lets go of a request that was not asked. */
export async function releaseRequest(db: Database, id: number): Promise<void> {
  await sql`update market.load_requests set asked_at = null where id = ${id} and status = 'pending'`.execute(
    db,
  );
}
