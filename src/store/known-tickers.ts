import { sql } from 'kysely';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import type { BorneTicker, KnownTickers } from '../domain/ticker-days.ts';
import type { Database } from './database.ts';
import { mayDiffer } from './ticker-bearers.ts';

/**
 * What is known now of the tickers of some instruments in a vocabulary, other bearers of them included. Who is gone bears
 * nothing after its last day, also where the lists that told of it are older.
 */
export async function knownTickers(
  db: Database,
  vocabulary: SourceName,
  instrumentIds: readonly number[],
): Promise<KnownTickers> {
  const current = sql`h.vocabulary = ${vocabulary} and h.known_until is null`;
  const { rows: terms } = await sql<BorneTicker>`
    with ticker as (
      select symbol as name from market.instruments where id = any(${instrumentIds}::int[])
      union
      select h.ticker from market.symbol_history h where ${current} and h.instrument_id = any(${instrumentIds}::int[])
    )
    select h.instrument_id as "instrumentId", h.ticker, lower(h.borne) as "from", coalesce(upper(h.borne) - 1,
      case when not i.active then greatest(i.delisted_on, lower(h.borne)) end) as "to",
      (select max(other.delisted_on) from market.instruments other
        where other.symbol = h.ticker and other.id <> i.id and not other.active and other.delisted_on < lower(h.borne)
          and ${mayDiffer}) as "goneBefore"
    from market.symbol_history h join ticker on ticker.name = h.ticker
    join market.instruments i on i.id = h.instrument_id
    where ${current} order by h.ticker, h.borne`.execute(db);
  const { rows: lists } = await sql<{ since: SessionDate | null }>`
    select min(list_date) as since from market.dated_lists where source = ${vocabulary} and not refused`.execute(
    db,
  );
  return { terms, since: lists[0]?.since ?? null };
}

/** Those of some instruments whose ticker of today is another's: a source of today's tickers tells of that one under it. */
export async function tickersTaken(
  db: Database,
  instrumentIds: readonly number[],
): Promise<ReadonlySet<number>> {
  const { rows } = await sql<{ id: number }>`
    select distinct i.id from market.symbol_history h
    join market.instruments i on i.symbol = h.ticker and i.id <> h.instrument_id
    where h.known_until is null and upper_inf(h.borne) and i.id = any(${instrumentIds}::int[])`.execute(db);
  return new Set(rows.map(({ id }) => id));
}
