import { sql } from 'kysely';
import type { Transaction } from '../transaction.ts';

/**
 * Gives the rows of the temporary table `misplaced` that are nobody's to an instrument under their ticker of which nothing
 * else is known: one that is stored, else one that is entered now, delisted on the last day of which there is a row.
 */
export async function adoptUnknown(tx: Transaction): Promise<void> {
  await sql`
    with orphan as (
      select instrument_id, ticker, min(day) as first, max(day) as last from misplaced where moved_to is null group by 1, 2
    ), known as (
      select distinct on (o.instrument_id, o.ticker) o.instrument_id, o.ticker, i.id
      from orphan o join market.instruments i on i.symbol = o.ticker and i.id <> o.instrument_id
      where not i.active and i.merged_into is null
        and coalesce(i.delisted_on, 'infinity') >= o.last and coalesce(i.listed_on, '-infinity') <= o.first
        and not exists (select from market.symbol_history h where h.instrument_id = i.id and h.known_until is null)
      order by o.instrument_id, o.ticker, i.delisted_on nulls last, i.id
    ), entered as (
      insert into market.instruments (symbol, active, delisted_on, delisted_by)
      select ticker, false, max(last), 'bars' from orphan
      where not exists (select from known where known.ticker = orphan.ticker) group by ticker returning id, symbol
    )
    update misplaced m set moved_to = found.id
    from (select ticker, id from known union all select symbol collate "C", id from entered) found
    where m.moved_to is null and m.ticker = found.ticker`.execute(tx);
}
