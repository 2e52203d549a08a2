import { sql } from 'kysely';
import type { Interval } from '../domain/interval.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import type { Database } from './database.ts';

/** The sessions of which a rule has open findings on bars of a source. */
export async function openCells(
  db: Database,
  {
    rule,
    source,
    interval,
  }: { readonly rule: string; readonly source: SourceName; readonly interval: Interval },
): Promise<readonly { readonly instrumentId: number; readonly session: SessionDate }[]> {
  const { rows } = await sql<{ instrumentId: number; session: SessionDate }>`
    select instrument_id as "instrumentId", range_start as session from market.quality_findings
    where rule = ${rule} and status = 'open' and source = ${source} and interval = ${interval}
      and instrument_id is not null and range_start = range_end order by id`.execute(db);
  return rows;
}
