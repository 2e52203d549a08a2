import { sql } from 'kysely';
import type { AsOf } from './as-of.ts';
import type { Database } from './database.ts';
import type { Reading } from './fundamentals.ts';

/** What of an instrument had been read at an instant, of any source, whatever came of it. */
export async function knownReadings(
  db: Database,
  instrumentId: number,
  asOf: AsOf,
): Promise<ReadonlySet<Reading>> {
  const { rows } = await sql<{ what: Reading }>`
    select distinct what from market.fundamental_reads
    where instrument_id = ${instrumentId} and known_from <= ${asOf}::timestamptz`.execute(db);
  return new Set(rows.map(({ what }) => what));
}
