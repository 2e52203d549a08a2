import { sql, type RawBuilder } from 'kysely';
import type { SourceName } from '../../domain/source.ts';
import { misplacedAmong, toldDay } from './told-rows.ts';

/** Tables of bars, and the columns that tell a row of an instrument and source from others. */
export const barTables = {
  daily_bars: ['session_date'],
  intraday_bars: ['interval', 'session_date', 'opens_at'],
  bar_revisions: ['interval', 'session_date', 'opens_at', 'known_from'],
} as const;
export type BarTable = keyof typeof barTables;

/** What the requests of instruments asked for, by run: the rows that `misplacedBars` calls `asked`. */
export const requestedOf = (ids: readonly number[]) => sql`
  select l.run_id, l.instrument_id, coalesce(r.ticker, l.symbol) as ticker, r.range_start, r.range_end
  from market.load_runs l join market.load_requests r on r.load_id = l.id where l.instrument_id = any(${ids}::int[])`;

/** The key columns of a row. */
export function keyOf(table: BarTable, row: string): readonly RawBuilder<unknown>[] {
  return ['instrument_id', 'source', ...barTables[table]].map((column) => sql.ref(`${row}.${column}`));
}

/** The misplaced rows of a table of bars, of some instruments: their keys, `day`, `ticker` and `moved_to`. */
export function misplacedBars(
  vocabulary: SourceName,
  table: BarTable,
  ids: readonly number[],
): RawBuilder<unknown> {
  const key = sql.join(keyOf(table, 'b'));
  const known = (barTables[table] as readonly string[]).includes('known_from') ? sql`` : sql`, b.known_from`;
  const day = toldDay(vocabulary, 'b', { session: sql`b.session_date`, answered: sql`b.observed_at` });
  return misplacedAmong(
    vocabulary,
    sql`
      select distinct on (${key}) ${key}${known}, b.observed_at,
        ${day} as day,
        asked.ticker as asked
      from ${sql.table(`market.${table}`)} b
      left join asked on b.source = ${vocabulary} and b.endpoint = 'series' and asked.run_id = b.run_id
        and asked.instrument_id = b.instrument_id and b.session_date between asked.range_start and asked.range_end
      where b.instrument_id = any(${ids}::int[])
      order by ${key}`,
  );
}
