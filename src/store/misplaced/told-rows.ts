import { sql, type RawBuilder } from 'kysely';
import type { SourceName } from '../../domain/source.ts';
import { wasKnown, wasKnownAt } from '../as-of.ts';
import { exchangeDayOf } from '../exchange-day.ts';
import { bearerOf, tickerOf, type KnownTerms } from '../borne-tickers.ts';

/**
 * The day by which it is told whose a row was: its session where its source goes by the tickers of the day, else that of the
 * answer.
 */
export function toldDay(
  vocabulary: SourceName,
  row: string,
  { session, answered }: { readonly session: RawBuilder<unknown>; readonly answered: RawBuilder<unknown> },
): RawBuilder<unknown> {
  return sql`case when ${sql.ref(`${row}.source`)} = ${vocabulary} then ${session} else ${exchangeDayOf(answered)} end`;
}

const isPlaced = sql`r.known_from <= placed.placed_at`;

/**
 * Those of `rows` that lie under another instrument than the one that they were told of, with the ticker under which that
 * was, whose it was (`moved_to`; null: nobody's who is known), and what the instrument was called itself (`own_ticker`; null:
 * that is not known). Rows have `instrument_id`, `source`, `day` (`toldDay`), `known_from`, and `asked`: the ticker that was
 * asked for, as far as that is known; it `stays` with a row that is moved, or counts until all was found to be in place. Where
 * it is not known it follows from what the instrument was known to be called when the row was written, or moved.
 */
export function misplacedAmong(
  vocabulary: SourceName,
  rows: RawBuilder<unknown>,
  { stays = false }: { readonly stays?: boolean } = {},
): RawBuilder<unknown> {
  const row = { instrument: sql`r.instrument_id`, day: sql`r.day` };
  const asked = stays ? sql`r.asked` : sql`case when ${isPlaced} then null else r.asked end`;
  const then = sql`case when ${isPlaced} then placed.placed_at else r.known_from end`;
  const knownThen: KnownTerms = (term) => wasKnownAt(term, then);
  const knownNow: KnownTerms = (row) => wasKnown(row, undefined);
  return sql`
    select r.*, told.ticker, bearer.id as moved_to, own.ticker as own_ticker
    from (${rows}) r
    join market.instruments i on i.id = r.instrument_id
    left join market.placements placed on placed.instrument_id = r.instrument_id
    left join lateral (${tickerOf(vocabulary, row, knownThen)}) was on ${isPlaced} or r.source = ${vocabulary}
    cross join lateral (select coalesce(${asked}, was.ticker, i.symbol) collate "C" as ticker) told
    left join lateral (${bearerOf(vocabulary, { ticker: sql`told.ticker`, day: row.day }, knownNow)}) bearer on true
    left join lateral (${tickerOf(vocabulary, row, knownNow)}) own on r.source = ${vocabulary}
    where bearer.id <> r.instrument_id or (bearer.id is null and own.ticker <> told.ticker)`;
}
