import { sql } from 'kysely';
import type { Interval } from '../domain/interval.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import { copyOut } from './copy.ts';
import type { Database } from './database.ts';
import { decodeMasks, packedMasks, type CoverageMasks } from './decode-masks.ts';
import type { Transaction } from './transaction.ts';

/** Months of a source and interval, each named by its first day, both included. */
export interface MonthsQuery {
  readonly source: SourceName;
  readonly interval: Interval;
  readonly from: SessionDate;
  readonly to: SessionDate;
}

const stamp = sql`version || '-' || (extract(epoch from changed_at) * 1000000)::bigint`;

/**
 * The masks of all instruments as they are kept, and the stamps that they had, from one snapshot. Of intervals shorter than a
 * session none are kept: `readIntradayMasks` makes them.
 */
export async function readCoverageMasks(
  tx: Transaction,
  { source, interval, from, to }: MonthsQuery,
): Promise<CoverageMasks> {
  const within = sql`source = ${sql.lit(source)} and interval = ${sql.lit(interval)}
    and month between ${sql.lit(from)}::date and ${sql.lit(to)}::date`;
  const bytes = await copyOut(
    tx,
    sql`select month, ${stamp}, instrument_id_bytes, settled_bytes, provisional_bytes, absent_bytes from (
      select month, ${packedMasks} from market.coverage_months
      where ${within} and (settled | provisional | absent) <> 0 group by month
    ) masks join (select * from market.coverage_versions where ${within}) versions using (month) order by month`,
  );
  return decodeMasks(bytes);
}

/** The stamps of months of which anything was ever kept, by the first day of each. */
export async function coverageStamps(
  db: Database,
  { source, interval, from, to }: MonthsQuery,
): Promise<ReadonlyMap<SessionDate, string>> {
  const { rows } = await sql<{ month: SessionDate; stamp: string }>`
    select month, ${stamp} as stamp from market.coverage_versions
    where source = ${source} and interval = ${interval} and month between ${from}::date and ${to}::date
    order by month`.execute(db);
  return new Map(rows.map(({ month, stamp: text }) => [month, text]));
}
