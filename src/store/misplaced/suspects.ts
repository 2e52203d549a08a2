import { sql } from 'kysely';
import type { SourceName } from '../../domain/source.ts';
import { wasKnown } from '../as-of.ts';
import type { Database } from '../database.ts';
import { misplacedAbsences } from './misplaced-absences.ts';
import { requestedOf, barTables, misplacedBars, type BarTable } from './misplaced-bars.ts';
import { misplacedActions, misplacedMissing, misplacedReadings, readingTables } from './misplaced-rows.ts';

/** That something under an instrument belongs to another; null: to one that is not known. */
export interface Misplacement {
  readonly from: number;
  readonly to: number | null;
  readonly ticker: string;
}

/**
 * The instruments that can have what belongs to others: those that have had several tickers, or one that others have had, or
 * of which is known otherwise since they were looked at.
 */
export async function suspects(db: Database, vocabulary: SourceName): Promise<readonly number[]> {
  const isCurrent = wasKnown('h', undefined);
  const { rows } = await sql<{ id: number }>`
    select i.id from market.instruments i left join market.placements placed on placed.instrument_id = i.id
    where exists (select from market.symbol_history h where h.vocabulary = ${vocabulary} and h.ticker = i.symbol
        and h.instrument_id <> i.id and ${isCurrent})
      or exists (select from market.symbol_history h where h.vocabulary = ${vocabulary} and h.instrument_id = i.id
        and (h.ticker <> i.symbol and ${isCurrent} or h.known_until > coalesce(placed.placed_at, '-infinity')))
    order by i.id`.execute(db);
  return rows.map(({ id }) => id);
}

/** What lies under some instruments and belongs to others: each pair of instruments and ticker once. */
export async function misplacements(
  db: Database,
  vocabulary: SourceName,
  ids: readonly number[],
): Promise<readonly Misplacement[]> {
  if (ids.length === 0) return [];
  const rows = [
    ...(Object.keys(barTables) as BarTable[]).map((table) => misplacedBars(vocabulary, table, ids)),
    ...readingTables.map((table) => misplacedReadings(vocabulary, table, ids)),
    misplacedActions(vocabulary, ids),
    misplacedMissing(vocabulary, ids),
  ];
  const found = new Map<string, Misplacement>();
  const add = (one: Misplacement) => found.set(`${one.from} ${one.to ?? ''} ${one.ticker}`, one);
  for (const one of rows) {
    const pairs = await sql<Misplacement>`
      with asked as materialized (${requestedOf(ids)})
      select distinct instrument_id as "from", moved_to as "to", ticker from (${one}) m`.execute(db);
    for (const pair of pairs.rows) add(pair);
  }
  for (const { instrumentId: from, movedTo: to, ticker } of await misplacedAbsences(db, vocabulary, ids))
    add({ from, to, ticker });
  return [...found.values()];
}
