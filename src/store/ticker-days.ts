import { sql } from 'kysely';
import type { SessionDate } from '../domain/session.ts';
import { sourcesWith, type SourceName } from '../domain/source.ts';
import { rowsAsOf, wasKnown, type AsOf } from './as-of.ts';
import { bearerOf, type KnownTerms } from './borne-tickers.ts';
import type { Database } from './database.ts';
import { jsonOf } from './json.ts';

/** A ticker on a day. */
export interface TickerDay {
  readonly ticker: string;
  readonly date: SessionDate;
}

/** Whose tickers a person means: those of the source that goes by the ticker of the day. */
export const vocabularies: readonly SourceName[] = sourcesWith(({ tickers }) => tickers === 'of_the_day');

/**
 * The instruments that tickers stood for on a day each, in the order of the wishes: those that the history of symbols knows,
 * else, of whom it knows nothing, who is called so and was listed then; null: nobody is known. As known at an instant, or now.
 */
export async function instrumentsUnder(
  db: Database,
  wishes: readonly TickerDay[],
  asOf?: AsOf,
): Promise<readonly (number | null)[]> {
  const day = { ticker: sql`wish.ticker`, day: sql`wish.date` };
  const instruments = rowsAsOf('instruments', 'instrument', asOf);
  const isKnown: KnownTerms = (term) => wasKnown(term, asOf);
  const known = vocabularies.map((vocabulary) => sql`(${bearerOf(vocabulary, day, isKnown, instruments)})`);
  const { rows } = await sql<{ id: number | null }>`
    select coalesce(${sql.join([...known, sql`undated.id`])}) as id
    from jsonb_to_recordset(${jsonOf(wishes.map((wish, place) => ({ ...wish, place })))}::jsonb)
      as wish(place int, ticker text, date date)
    left join lateral (
      select i.id from ${instruments} i
      where i.symbol = wish.ticker and i.merged_into is null and (i.listed_on is null or i.listed_on <= wish.date)
        and (i.active or i.delisted_on is null or i.delisted_on >= wish.date)
        and not exists (select from market.symbol_history h where h.instrument_id = i.id and ${wasKnown('h', asOf)})
      order by i.active desc, i.id limit 1) undated on true
    order by wish.place`.execute(db);
  return rows.map(({ id }) => id);
}
