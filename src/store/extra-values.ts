import { sql, type RawBuilder } from 'kysely';
import type { IndicatorColumn } from '../domain/indicator-column.ts';

/** By key, the power of a split's ratio by which it changes. */
function powersOf(columns: readonly IndicatorColumn[]): Readonly<Record<string, number>> {
  const powers = { price: -1, volume: 1, none: 0 };
  return Object.fromEntries(columns.map(({ name, dimension }) => [name, powers[dimension]]));
}

/** Whether the extras of a stored row and of the incoming one differ by more than roundings; `ratio` as elsewhere. */
export function extrasDiffer(
  columns: readonly IndicatorColumn[],
  tolerance: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const powers = sql`${JSON.stringify(powersOf(columns))}::jsonb`;
  return sql`(stored.extra is distinct from incoming.extra and (stored.extra is null or incoming.extra is null
    or exists (
      select from jsonb_each_text(stored.extra) as one(key, value)
        full join jsonb_each_text(incoming.extra) as other(key, value) on one.key = other.key
        cross join lateral (select one.value::float8 * ratio ^ coalesce((${powers} ->> one.key)::float8, 0) as before,
          other.value::float8 as now) converted
      where one.key is null or other.key is null
        or (before is distinct from now and (abs(before - now) <= ${tolerance} * abs(now)) is not true))))`;
}

/** Stored extras in other shares, of which there are `ratio` for each of theirs. */
export function extrasInShares(
  columns: readonly IndicatorColumn[],
  extra: Readonly<Record<string, number | null>>,
  ratio: number,
): Readonly<Record<string, number | null>> {
  const powers = powersOf(columns);
  const converted = Object.entries(extra).map(([key, value]) => {
    return [key, value === null ? null : value * ratio ** (powers[key] ?? 0)] as const;
  });
  return Object.fromEntries(converted);
}
