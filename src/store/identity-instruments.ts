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
  /** Its source tells that day. */
  readonly isTold: boolean;
  readonly toldBy: SourceName | null;
}

/** Every instrument that a source may have told of. */
export async function storedIdentities(db: Database, source: SourceName): Promise<readonly StoredIdentity[]> {
  const { rows } = await sql<StoredIdentity>`
    select id, symbol, figi, cik, type, name, active, delisted_on as "delistedOn", delisted_by = 'told' as "isTold",
      told_by as "toldBy"
    from market.instruments where coalesce(told_by, ${source}) = ${source} and merged_into is null order by id`.execute(
    db,
  );
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
