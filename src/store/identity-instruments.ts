import { sql } from 'kysely';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import type { Database } from './database.ts';
import type { ListedReference } from './dated-lists.ts';
import type { Transaction } from './transaction.ts';

/** What instruments are told from each other by. */
interface StoredIdentity extends Omit<ListedReference, 'ticker'> {
  readonly id: number;
  readonly symbol: string;
  readonly active: boolean;
  readonly delistedOn: SessionDate | null;
  readonly toldBy: SourceName | null;
}

/** Every instrument that a source may have told of. */
export async function storedIdentities(db: Database, source: SourceName): Promise<readonly StoredIdentity[]> {
  const { rows } = await sql<StoredIdentity>`
    select id, symbol, figi, cik, type, name, active, delisted_on as "delistedOn", told_by as "toldBy"
    from market.instruments where coalesce(told_by, ${source}) = ${source} and merged_into is null order by id`.execute(
    db,
  );
  return rows;
}

/** The last days that a source tells, each with who bore the ticker then: also of what is another one under an earlier ticker. */
export async function toldLastDays(
  db: Database,
  source: SourceName,
): Promise<readonly (ListedReference & { readonly lastDay: SessionDate })[]> {
  const { rows } = await sql<ListedReference & { readonly lastDay: SessionDate }>`
    select symbol as ticker, figi, cik, type, name, delisted_on as "lastDay" from market.instruments
    where coalesce(told_by, ${source}) = ${source} and not active and delisted_by = 'told' and delisted_on is not null
    order by id`.execute(db);
  return rows;
}

/** Enters who is no longer listed and was not known; returns its id, null where somebody ended under that ticker that day. */
export async function enterFormer(
  tx: Transaction,
  source: SourceName,
  { ticker, figi, cik, type, name }: ListedReference,
  lastDay: SessionDate,
): Promise<number | null> {
  const { rows } = await sql<{ id: number }>`
    insert into market.instruments (symbol, name, type, figi, cik, active, delisted_on, delisted_by, told_by)
    select ${ticker}, ${name}, ${type}, ${figi}, ${cik}, false, ${lastDay}::date, 'list', ${source}
    where not exists (select from market.instruments other
      where other.symbol = ${ticker} and not other.active and other.merged_into is null and other.delisted_on = ${lastDay}::date)
    returning id`.execute(tx);
  return rows[0]?.id ?? null;
}

/** Gives those who are gone, and of whom their source does not tell when, the last day under their last ticker, where it was found out. */
export async function dateDepartures(tx: Transaction, vocabulary: SourceName): Promise<void> {
  await sql`
    update market.instruments i set delisted_on = last.day, delisted_by = last.by, updated_at = now()
    from (
      select distinct on (h.instrument_id) h.instrument_id, upper(h.borne) - 1 as day,
        case when h.to_by = 'list' then 'list' else 'bars' end as by
      from market.symbol_history h where h.vocabulary = ${vocabulary} and h.known_until is null
      order by h.instrument_id, lower(h.borne) desc
    ) last
    where i.id = last.instrument_id and not i.active and i.merged_into is null and last.day is not null
      and i.delisted_by is distinct from 'told' and (i.delisted_on is null or last.by = 'bars')
      and (i.delisted_on, i.delisted_by) is distinct from (last.day, last.by)`.execute(tx);
}

/** A FIGI, and the ticker that it has over the counter. */
export interface TradedFigi {
  readonly figi: string;
  readonly ticker: string;
}

/** Notes which of those who left the exchange go on over the counter. */
export async function noteGoingOn(db: Database, traded: readonly TradedFigi[]): Promise<void> {
  await sql`
    update market.instruments i set goes_on_as = traded.ticker, updated_at = now()
    from unnest(${traded.map(({ figi }) => figi)}::text[], ${traded.map(({ ticker }) => ticker)}::text[]) traded(figi, ticker)
    where i.figi = traded.figi and not i.active and i.merged_into is null and i.goes_on_as is distinct from traded.ticker`.execute(
    db,
  );
}
