import { sql } from 'kysely';
import type { SourceName } from '../../domain/source.ts';
import type { Transaction } from '../transaction.ts';
import { misplacedReadings, type ReadingTable } from './misplaced-rows.ts';
import { noteMoves, type Mover } from './note-moves.ts';
import { temporary } from './temporary-table.ts';

const figures = `total_revenue net_income diluted_eps total_assets total_debt stockholders_equity operating_cash_flow
  free_cash_flow figures`;
/** What a reading keeps wherever it lies. */
const kept = {
  fundamentals: `statement frequency period_end currency observed_at available_at run_id ${figures}`,
  key_statistics: `observed_at market_cap shares_outstanding trailing_pe forward_pe beta dividend_yield figures run_id`,
} as const satisfies Readonly<Record<ReadingTable, string>>;

/**
 * Moves statements or key statistics of instruments to those of which they were told, in the order in which they became
 * known; under the wrong one they were known until now.
 */
export async function moveFundamentals(
  tx: Transaction,
  vocabulary: SourceName,
  table: ReadingTable,
  { ids, runId }: Mover,
): Promise<void> {
  const target = sql.table(`market.${table}`);
  await temporary(
    tx,
    'moving',
    sql`select * from (${misplacedReadings(vocabulary, table, ids)}) m where moved_to is not null`,
  );
  await sql`update ${target} f set known_until = market.stamp_after(f.known_from)
    from moving m where f.ctid = m.place`.execute(tx);
  const columns = sql.join(kept[table].split(/\s+/).map((column) => sql.ref(column)));
  await sql`insert into ${target} (instrument_id, source, ${columns}, known_from)
    select moved_to, source, ${columns},
      market.stamp() + row_number() over (partition by moved_to order by known_from) * interval '1 microsecond'
    from moving on conflict do nothing`.execute(tx);
  await noteMoves(tx, table, runId);
}
