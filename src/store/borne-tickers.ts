import { sql, type RawBuilder } from 'kysely';
import type { SourceName } from '../domain/source.ts';

/** Which terms of a named row of `market.symbol_history` count: those known now, or at an instant. */
export type KnownTerms = (row: string) => RawBuilder<unknown>;

/** A column of a named row. */
const of = (row: string, column: string) => sql.ref(`${row}.${column}`);

/** The term `h` that lies over a day, or the next one where no earlier term `e` speaks against it: what was before is not known. */
function termAt(day: RawBuilder<unknown>, speaksAgainst: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(upper_inf(h.borne) or upper(h.borne) > ${day}) and (h.borne @> ${day} or not exists (
      select from market.symbol_history e where lower(e.borne) < lower(h.borne) and ${speaksAgainst}))
    order by lower(h.borne) limit 1`;
}

/** A query for what an instrument was called on a day: before its first term as in that one, unless another was. */
export function tickerOf(
  vocabulary: SourceName,
  { instrument, day }: { readonly instrument: RawBuilder<unknown>; readonly day: RawBuilder<unknown> },
  known: KnownTerms,
): RawBuilder<unknown> {
  const counts = (row: string) => sql`${of(row, 'vocabulary')} = ${vocabulary} and ${known(row)}`;
  const against = sql`${counts('e')} and (e.instrument_id = h.instrument_id
    or (e.ticker = h.ticker and upper(e.borne) > ${day}))`;
  return sql`
    select h.ticker from market.symbol_history h
    where ${counts('h')} and h.instrument_id = ${instrument} and ${termAt(day, against)}`;
}

/**
 * A query for whose a ticker was on a day: before its first term whose that is, where that is the first of the instrument
 * as well.
 */
export function bearerOf(
  vocabulary: SourceName,
  { ticker, day }: { readonly ticker: RawBuilder<unknown>; readonly day: RawBuilder<unknown> },
  known: KnownTerms,
): RawBuilder<unknown> {
  const counts = (row: string) => sql`${of(row, 'vocabulary')} = ${vocabulary} and ${known(row)}`;
  const against = sql`${counts('e')} and (e.ticker = h.ticker or e.instrument_id = h.instrument_id)`;
  return sql`
    select h.instrument_id as id from market.symbol_history h
    where ${counts('h')} and h.ticker = ${ticker} and ${termAt(day, against)}`;
}
