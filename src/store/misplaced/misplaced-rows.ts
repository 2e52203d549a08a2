import { sql, type RawBuilder } from 'kysely';
import type { SourceName } from '../../domain/source.ts';
import { toldOn } from '../incoming-actions.ts';
import { exchangeDayOf } from '../exchange-day.ts';
import { misplacedAmong, toldDay } from './told-rows.ts';

/** What tells records of corporate actions without an id from others. */
const recordOf = (row: string) =>
  sql`(${sql.ref(`${row}.source`)}, ${sql.ref(`${row}.kind`)}, ${toldOn(row)}, coalesce(${sql.ref(`${row}.dividend_type`)}, ''))`;

/**
 * The misplaced corporate actions of some instruments: `id`, and what `misplacedAmong` says of them. One that the right
 * instrument has as well, told without an id, is not among them.
 */
export function misplacedActions(vocabulary: SourceName, ids: readonly number[]): RawBuilder<unknown> {
  const rows = sql`
    select a.id, a.instrument_id, a.source, a.known_from, a.ticker as asked,
      ${toldDay(vocabulary, 'a', { session: toldOn('a'), answered: sql`a.first_observed_at` })} as day
    from market.corporate_actions a where a.instrument_id = any(${ids}::int[])`;
  return sql`
    select distinct on (coalesce(a.provider_id, ''), case when a.provider_id is null then m.moved_to end, ${recordOf('a')}) m.*
    from (${misplacedAmong(vocabulary, rows, { stays: true })}) m join market.corporate_actions a on a.id = m.id
    where a.provider_id is not null or not exists (
      select from market.corporate_actions b
      where b.instrument_id = m.moved_to and b.provider_id is null and ${recordOf('b')} = ${recordOf('a')})
    order by coalesce(a.provider_id, ''), case when a.provider_id is null then m.moved_to end, ${recordOf('a')},
      a.observed_at desc, a.id`;
}

/** Tables of what was read of companies on a day. */
export const readingTables = ['fundamentals', 'key_statistics'] as const;
export type ReadingTable = (typeof readingTables)[number];

/** The misplaced readings of some instruments: all columns, their `place` in the table, and what `misplacedAmong` says of them. */
export function misplacedReadings(
  vocabulary: SourceName,
  table: ReadingTable,
  ids: readonly number[],
): RawBuilder<unknown> {
  return misplacedAmong(
    vocabulary,
    sql`
      select f.*, f.ctid as place, null::text as asked, ${exchangeDayOf(sql`f.observed_at`)} as day
      from ${sql.table(`market.${table}`)} f where f.instrument_id = any(${ids}::int[]) and f.known_until is null`,
  );
}

/** What some instruments are said to lack of sessions that have other bars, as far as that was told of another. */
export function misplacedMissing(vocabulary: SourceName, ids: readonly number[]): RawBuilder<unknown> {
  return misplacedAmong(
    vocabulary,
    sql`
      select a.*, null::text as asked,
        ${toldDay(vocabulary, 'a', { session: sql`a.session_date`, answered: sql`a.observed_at` })} as day
      from market.bar_absences a where a.instrument_id = any(${ids}::int[]) and a.opens_at is not null`,
  );
}
