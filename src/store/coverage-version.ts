import { sql } from 'kysely';
import type { Database } from './database.ts';

/** A text that is another one once any cell of any map may be another: bars, absences, tickers, listings or findings. */
export async function coverageVersion(db: Database): Promise<string> {
  const { rows } = await sql<{ version: string }>`
    select md5(concat_ws(' ',
      (select string_agg(concat(source, interval, month, version, changed_at), ' ' order by source, interval, month)
        from market.coverage_versions),
      (select concat(count(*), ' ', max(updated_at), ' ', sum(hashint4(id + 2 * watched::int + 4 * active::int))) from market.instruments),
      (select concat(count(*), ' ', max(known_from), ' ', max(known_until)) from market.symbol_history),
      (select max(id) from market.finding_events))) as version`.execute(db);
  return rows[0]?.version ?? '';
}
