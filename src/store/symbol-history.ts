import { sql } from 'kysely';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import type { TickerTerm } from '../domain/ticker-term.ts';
import { wasKnown, type AsOf } from './as-of.ts';
import type { Database } from './database.ts';
import { jsonOf } from './json.ts';
import type { Transaction } from './transaction.ts';

/** The columns of `TickerTerm` of a row of `market.symbol_history`. */
const termColumns = sql`instrument_id as "instrumentId", ticker, lower(borne) as "from", upper(borne) - 1 as "to", evidence,
  from_by as "fromBy", to_by as "toBy"`;

/** Nobody else changes who bears which ticker until the transaction ends. */
export async function holdSymbolHistory(tx: Transaction): Promise<void> {
  await sql`lock table market.symbol_history in share row exclusive mode`.execute(tx);
}

/** What is known now of who bore which ticker of a vocabulary. */
export async function readTerms(db: Database, vocabulary: SourceName): Promise<readonly TickerTerm[]> {
  const { rows } = await sql<TickerTerm>`
    select ${termColumns} from market.symbol_history
    where vocabulary = ${vocabulary} and known_until is null
    order by ticker, borne`.execute(db);
  return rows;
}

/** Who bore which ticker of a vocabulary on a day, as known at an instant, or now; by ticker. */
export async function bearersOn(
  db: Database,
  vocabulary: SourceName,
  date: SessionDate,
  asOf?: AsOf,
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ ticker: string; id: number }>`
    select ticker, instrument_id as id from market.symbol_history h
    where vocabulary = ${vocabulary} and ${wasKnown('h', asOf)} and borne @> ${date}::date order by ticker`.execute(
    db,
  );
  return new Map(rows.map(({ ticker, id }) => [ticker, id]));
}

/** By whom a change of terms is written, and why. */
export interface TermAuthor {
  readonly runId: string | null;
  readonly reason: string | null;
}

/**
 * Makes the terms of a vocabulary these; what is replaced is kept as what was known until now. They may not contradict each
 * other (`withoutConflicts`). Returns how many rows that closed or opened.
 */
export async function writeTerms(
  tx: Transaction,
  vocabulary: SourceName,
  terms: readonly TickerTerm[],
  { runId, reason }: TermAuthor,
): Promise<number> {
  await sql`create temp table term on commit drop as
    select "instrumentId" as instrument_id, ticker collate "C" as ticker,
      daterange("from", "to", '[]') as borne, evidence, "fromBy" as from_by, "toBy" as to_by
    from jsonb_to_recordset(${jsonOf(terms)}::jsonb) as t("instrumentId" int, ticker text, "from" date, "to" date,
      evidence text, "fromBy" text, "toBy" text)`.execute(tx);
  const isSame = sql`(t.instrument_id, t.ticker, t.borne, t.evidence, t.from_by, t.to_by) =
    (h.instrument_id, h.ticker, h.borne, h.evidence, h.from_by, h.to_by)`;
  const current = sql`h.vocabulary = ${vocabulary} and h.known_until is null`;
  const isOpened = sql`not exists (select from market.symbol_history h where ${current} and ${isSame})`;
  const isClosed = sql`${current} and not exists (select from term t where ${isSame})`;
  // To take an instant says that something has become known.
  const { rows: differing } = await sql<{ differs: boolean }>`
    select exists (select from term t where ${isOpened}) or exists (select from market.symbol_history h where ${isClosed}) as differs`.execute(
    tx,
  );
  if (differing[0]?.differs === false) {
    await sql`drop table term`.execute(tx);
    return 0;
  }
  // What was written by this very transaction was never known.
  const never = await sql`delete from market.symbol_history h
    where h.known_from = market.stamp() and ${isClosed}`.execute(tx);
  const closed = await sql`update market.symbol_history h set known_until = market.stamp_after(h.known_from)
    where ${isClosed}`.execute(tx);
  const opened = await sql`
    insert into market.symbol_history (instrument_id, vocabulary, ticker, borne, evidence, from_by, to_by, reason, run_id)
    select instrument_id, ${vocabulary}, ticker, borne, evidence, from_by, to_by, ${reason}, ${runId} from term t
    where ${isOpened} order by ticker, borne`.execute(tx);
  await sql`drop table term`.execute(tx);
  return [never, closed, opened].reduce((sum, { numAffectedRows = 0n }) => sum + Number(numAffectedRows), 0);
}
