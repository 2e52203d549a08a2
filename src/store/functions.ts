import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from './database.ts';
import { adjustedBars } from './functions/adjusted-bars.ts';
import { adjustment } from './functions/adjustment.ts';
import { blockedFields } from './functions/blocked-fields.ts';
import { consumerBars } from './functions/consumer-bars.ts';
import { instant } from './functions/instant.ts';
import { isKnown } from './functions/is-known.ts';
import { requestClaims } from './functions/request-claims.ts';
import { shareRatio } from './functions/share-ratio.ts';

/** In the order in which they call each other; each replaces what is there. */
const functions = [
  shareRatio,
  adjustment,
  isKnown,
  adjustedBars,
  requestClaims,
  instant,
  blockedFields,
  consumerBars,
].join('\n');

const version = `functions ${createHash('sha256').update(functions).digest('hex').slice(0, 16)}`;

/** Any number that no other lock of this database has. */
const lock = 7_270_125;

/** Makes the SQL functions those of this program, whatever was there before. */
export async function applyFunctions(db: Database): Promise<void> {
  await db.transaction().execute(async (trx) => {
    // Two at once would replace the same function, which the server refuses.
    await sql`select pg_advisory_xact_lock(${lock})`.execute(trx);
    await sql.raw(functions).execute(trx);
    await sql`comment on schema market is ${sql.lit(version)}`.execute(trx);
  });
}

/** True when the database has the SQL functions of this program. */
export async function hasFunctions(db: Database): Promise<boolean> {
  const { rows } = await sql<{ version: string | null }>`
    select obj_description(to_regnamespace('market'), 'pg_namespace') as version`.execute(db);
  return rows[0]?.version === version;
}
