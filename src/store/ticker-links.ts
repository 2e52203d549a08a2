import { sql } from 'kysely';
import { addDays } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import { termsBeside, type TickerTerm } from '../domain/ticker-term.ts';
import type { Database } from './database.ts';
import { holdSymbolHistory, readTerms, writeTerms } from './symbol-history.ts';
import type { Transaction } from './transaction.ts';

/** That an instrument bore one ticker up to a day, and from that day on another. */
export interface TickerLink {
  readonly vocabulary: SourceName;
  readonly instrumentId: number;
  readonly earlier: string;
  readonly later: string;
  /** The first day under the later ticker. */
  readonly on: SessionDate;
  readonly reason: string;
}

/** Nothing is known of an instrument before. */
const sinceEver: SessionDate = '1970-01-01';

/** Makes a link what is known, whatever was known of those days before. Returns the two terms. */
export async function linkTickers(tx: Transaction, link: TickerLink): Promise<readonly TickerTerm[]> {
  const { vocabulary, instrumentId, earlier, later, on, reason } = link;
  await holdSymbolHistory(tx);
  const known = await readTerms(tx, vocabulary);
  const lastDay = addDays(on, -1);
  const before = known.find((term) => term.ticker === earlier && covers(term, lastDay));
  const after = known.find((term) => term.ticker === later && covers(term, on));
  const said = { instrumentId, evidence: 'person', fromBy: 'person', toBy: 'person' } as const;
  const from = before?.from ?? freeFrom(known, link, await listedOn(tx, instrumentId));
  const terms: readonly TickerTerm[] = [
    { ...said, ticker: earlier, from, to: lastDay },
    { ...said, ticker: later, from: on, to: after?.to ?? null },
  ];
  await writeTerms(tx, vocabulary, [...terms, ...termsBeside(known, terms)], { runId: null, reason });
  return terms;
}

/** Since when the earlier ticker can have been the instrument's: nobody else bore it, and it had no other. */
function freeFrom(
  known: readonly TickerTerm[],
  { earlier, instrumentId, on }: TickerLink,
  listed: SessionDate | null,
): SessionDate {
  const ends = known.flatMap((term) =>
    (term.ticker === earlier || term.instrumentId === instrumentId) && term.to !== null && term.to < on
      ? [addDays(term.to, 1)]
      : [],
  );
  const [latest] = ends.sort().reverse();
  const since = latest ?? listed ?? sinceEver;
  return since < on ? since : addDays(on, -1);
}

/**
 * Parts an earlier ticker from the instrument that bears the later one: its days are another's. Returns those days; null
 * where the two are not linked.
 */
export async function unlinkTickers(
  tx: Transaction,
  { vocabulary, instrumentId, earlier, reason }: Omit<TickerLink, 'later' | 'on'>,
): Promise<readonly TickerTerm[] | null> {
  await holdSymbolHistory(tx);
  const known = await readTerms(tx, vocabulary);
  const own = known.filter((term) => term.instrumentId === instrumentId && term.ticker === earlier);
  const last = own.at(-1);
  if (last === undefined) return null;
  const other = await otherUnder(tx, earlier, instrumentId, last.to);
  const said = { evidence: 'person', fromBy: 'person', toBy: 'person' } as const;
  const terms = own.map((term): TickerTerm => ({ ...term, ...said, instrumentId: other }));
  const rest = known.filter((term) => !own.includes(term));
  await writeTerms(tx, vocabulary, [...terms, ...termsBeside(rest, terms)], { runId: null, reason });
  return terms;
}

/** Who else had the ticker; somebody of whom nothing more is known where nobody is stored. */
async function otherUnder(
  tx: Transaction,
  ticker: string,
  instrumentId: number,
  lastDay: SessionDate | null,
): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    with known as (
      select id from market.instruments where symbol = ${ticker} and id <> ${instrumentId}
      order by active = (${lastDay}::date is null) desc, abs(delisted_on - ${lastDay}::date) nulls last, id limit 1
    ), entered as (
      insert into market.instruments (symbol, active, delisted_on, delisted_by)
      select ${ticker}, false, ${lastDay}::date, case when ${lastDay}::date is not null then 'list' end where not exists (select from known) returning id
    ) select id from known union all select id from entered`.execute(tx);
  const [row] = rows;
  if (row === undefined) throw new Error(`nobody could be entered under ${ticker}`);
  return row.id;
}

async function listedOn(db: Database, instrumentId: number): Promise<SessionDate | null> {
  const { rows } = await sql<{ day: SessionDate | null }>`
    select listed_on as day from market.instruments where id = ${instrumentId}`.execute(db);
  return rows[0]?.day ?? null;
}

function covers({ from, to }: TickerTerm, date: SessionDate): boolean {
  return from <= date && (to === null || to >= date);
}
