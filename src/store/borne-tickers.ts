import { sql, type RawBuilder } from 'kysely';
import type { SourceName } from '../domain/source.ts';
import { mayDiffer } from './ticker-bearers.ts';

/** Which terms of a named row of `market.symbol_history` count: those known now, or at an instant. */
export type KnownTerms = (row: string) => RawBuilder<unknown>;

/** The instruments as known now. */
const now = sql`market.instruments`;

/** A column of a named row. */
const of = (row: string, column: string) => sql.ref(`${row}.${column}`);

/**
 * Whoever bore a ticker before all lists and is gone: an instrument `other` that is called so by a source, and was still there
 * on a day.
 */
const wasThere = (ticker: RawBuilder<unknown>, day: RawBuilder<unknown>) => sql`
  other.symbol = ${ticker} and not other.active and other.merged_into is null and other.told_by is not null
  and other.delisted_on >= ${day}`;

/**
 * The term `h` that lies over a day, or the next one where neither an earlier term `e` nor somebody who is gone speaks against
 * it: what was before is not known.
 */
function termAt(
  day: RawBuilder<unknown>,
  speaksAgainst: RawBuilder<unknown>,
  instruments: RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql`(upper_inf(h.borne) or upper(h.borne) > ${day}) and (h.borne @> ${day} or not exists (
      select from market.symbol_history e where lower(e.borne) < lower(h.borne) and ${speaksAgainst}) and not exists (
      select from ${instruments} other join ${instruments} i on i.id = h.instrument_id
      where ${wasThere(sql`h.ticker`, day)} and other.id <> i.id and other.delisted_on < lower(h.borne) and ${mayDiffer}))
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
    where ${counts('h')} and h.instrument_id = ${instrument} and ${termAt(day, against, now)}`;
}

/**
 * A query for whose a ticker was on a day: before its first term whose that is, where that is the first of the instrument
 * as well and nobody else is known to have borne it then; or his who is gone and did.
 */
export function bearerOf(
  vocabulary: SourceName,
  { ticker, day }: { readonly ticker: RawBuilder<unknown>; readonly day: RawBuilder<unknown> },
  known: KnownTerms,
  instruments: RawBuilder<unknown> = now,
): RawBuilder<unknown> {
  const counts = (row: string) => sql`${of(row, 'vocabulary')} = ${vocabulary} and ${known(row)}`;
  const against = sql`${counts('e')} and (e.ticker = h.ticker or e.instrument_id = h.instrument_id)`;
  return sql`
    select coalesce((
      select h.instrument_id from market.symbol_history h
      where ${counts('h')} and h.ticker = ${ticker} and ${termAt(day, against, instruments)}
    ), (
      select other.id from ${instruments} other
      where ${wasThere(ticker, day)} and coalesce(other.listed_on, '-infinity') <= ${day}
        and not exists (select from market.symbol_history h where ${counts('h')} and h.instrument_id = other.id)
        and not exists (select from market.symbol_history h where ${counts('h')} and h.ticker = ${ticker}
          and lower(h.borne) <= other.delisted_on)
      order by other.delisted_on, other.id limit 1)) as id`;
}
