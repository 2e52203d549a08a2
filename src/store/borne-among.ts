import { sql } from 'kysely';
import type { SourceName } from '../domain/source.ts';
import type { Database } from './database.ts';

/** Those of some tickers that somebody bears, or has borne in a vocabulary. */
export async function borneAmong(
  db: Database,
  vocabulary: SourceName,
  tickers: readonly string[],
): Promise<ReadonlySet<string>> {
  if (tickers.length === 0) return new Set();
  const { rows } = await sql<{ ticker: string }>`
    select symbol as ticker from market.instruments where symbol = any(${tickers}::text[])
    union
    select ticker from market.symbol_history
    where vocabulary = ${vocabulary} and known_until is null and ticker = any(${tickers}::text[])`.execute(
    db,
  );
  return new Set(rows.map(({ ticker }) => ticker));
}
