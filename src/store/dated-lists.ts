import { sql } from 'kysely';
import type { InstrumentReference } from '../domain/instrument.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import type { Database } from './database.ts';
import { jsonOf } from './json.ts';
import type { Transaction } from './transaction.ts';

/** The list of a day, as it was read. */
export interface DatedList {
  readonly date: SessionDate;
  readonly tickers: number;
  /** The plan of the key does not show that day. */
  readonly refused: boolean;
  readonly readAt: Date;
}

/** What a list has under a ticker. */
export type ListedReference = Pick<InstrumentReference, 'figi' | 'cik' | 'type' | 'name'> & {
  readonly ticker: string;
};

/** The lists of a source that were read, or refused, oldest first. */
export async function pastLists(db: Database, source: SourceName): Promise<readonly DatedList[]> {
  const { rows } = await sql<DatedList>`
    select list_date as date, tickers, refused, read_at as "readAt" from market.dated_lists where source = ${source} order by 1`.execute(
    db,
  );
  return rows;
}

/** Keeps a list that was read to its end, or refused; read again it counts once. */
export async function keepDatedList(
  tx: Transaction,
  { source, runId }: { readonly source: SourceName; readonly runId: string },
  { date, refused }: Pick<DatedList, 'date' | 'refused'>,
  bearers: readonly ListedReference[],
): Promise<void> {
  const tickers = new Set(bearers.map(({ ticker }) => ticker)).size;
  await sql`insert into market.dated_lists (source, list_date, tickers, refused, run_id)
    values (${source}, ${date}, ${tickers}, ${refused}, ${runId}) on conflict (source, list_date) do update
    set tickers = excluded.tickers, refused = excluded.refused, run_id = excluded.run_id, read_at = excluded.read_at
    where dated_lists.refused`.execute(tx);
  await sql`
    insert into market.listed_bearers as known (source, ticker, figi, cik, type, name, dates)
    select distinct ${source}, ticker, figi, cik, type, name, array[${date}::date]
    from jsonb_to_recordset(${jsonOf(bearers)}::jsonb) as b(ticker text, figi text, cik text, type text, name text)
    on conflict (source, ticker, figi, cik, type, name) do update set dates = known.dates || excluded.dates
      where not known.dates @> excluded.dates`.execute(tx);
}

/** Who the lists of a source have under each ticker, and on which days. */
export async function listedBearers(
  db: Database,
  source: SourceName,
): Promise<readonly { readonly bearer: ListedReference; readonly dates: readonly SessionDate[] }[]> {
  const { rows } = await sql<ListedReference & { readonly dates: string }>`
    select ticker, figi, cik, type, name, array_to_string(dates, ',') as dates
    from market.listed_bearers where source = ${source} order by ticker`.execute(db);
  return rows.map(({ dates, ...bearer }) => ({ bearer, dates: dates.split(',') }));
}

/** What was asked of a source before, by the question; undefined: nothing. */
export async function knownAnswer(db: Database, source: SourceName, question: string): Promise<unknown> {
  const { rows } = await sql<{ answer: { readonly value: unknown } }>`
    select answer from market.identity_answers where source = ${source} and question = ${question}`.execute(
    db,
  );
  return rows[0]?.answer.value;
}

/** Keeps an answer, which is not asked for again. */
export async function keepAnswer(
  db: Database,
  source: SourceName,
  question: string,
  value: unknown,
): Promise<void> {
  await sql`insert into market.identity_answers (source, question, answer)
    values (${source}, ${question}, ${jsonOf({ value })}::jsonb) on conflict do nothing`.execute(db);
}
