import { sql } from 'kysely';
import type { DateRange } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import type { BorneTicker, KnownTickers } from '../domain/ticker-days.ts';
import type { Database } from './database.ts';

interface Identified {
  readonly figi: string | null;
  readonly cik: string | null;
}
type Term = Omit<BorneTicker, 'goneBefore'> & Identified;
interface Gone extends Identified {
  readonly id: number;
  readonly ticker: string;
  readonly lastDay: SessionDate;
}

/**
 * What is known now of the tickers of some instruments in a vocabulary, other bearers of them included. Who is gone bears
 * nothing after its last day, also where the lists that told of it are older. Of those who bore their ticker of today on all
 * days of a range only that is told.
 */
export async function knownTickers(
  db: Database,
  vocabulary: SourceName,
  instrumentIds: readonly number[],
  range: DateRange,
): Promise<KnownTickers> {
  const throughout = await bearingThroughout(db, vocabulary, instrumentIds, range);
  const others = instrumentIds.filter((id) => !throughout.has(id));
  const tickers = await tickersOf(db, vocabulary, others);
  // Each by an index or in one pass, also where the planner has no figures: a join of all three once took minutes.
  const { rows: terms } = await sql<Term>`
    select h.instrument_id as "instrumentId", h.ticker, lower(h.borne) as "from", coalesce(upper(h.borne) - 1,
      case when not i.active then greatest(i.delisted_on, lower(h.borne)) end) as "to", i.figi, i.cik
    from market.symbol_history h join market.instruments i on i.id = h.instrument_id
    where h.vocabulary = ${vocabulary} and h.known_until is null and h.ticker = any(${tickers}::text[])
    order by h.ticker, h.borne`.execute(db);
  const { rows: gone } = await sql<Gone>`
    select id, symbol as ticker, figi, cik, delisted_on as "lastDay" from market.instruments
    where not active and delisted_on is not null and symbol = any(${tickers}::text[])`.execute(db);
  const { rows: lists } = await sql<{ since: SessionDate | null }>`
    select min(list_date) as since from market.dated_lists where source = ${vocabulary} and not refused`.execute(
    db,
  );
  const byTicker = Map.groupBy(gone, ({ ticker }) => ticker);
  return {
    terms: terms.map((term) => withGone(term, byTicker.get(term.ticker) ?? [])),
    since: lists[0]?.since ?? null,
    throughout,
  };
}

/** Those of some instruments that bore their ticker of today on all days of a range. */
async function bearingThroughout(
  db: Database,
  vocabulary: SourceName,
  instrumentIds: readonly number[],
  { from, to }: DateRange,
): Promise<ReadonlySet<number>> {
  const { rows } = await sql<{ id: number }>`
    select i.id from market.instruments i
    join market.symbol_history h on h.instrument_id = i.id and h.ticker = i.symbol and h.known_until is null
      and h.vocabulary = ${vocabulary} and h.borne @> daterange(${from}, ${to}, '[]')
    where i.id = any(${instrumentIds}::int[]) and (i.active or i.delisted_on >= ${to}::date)`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

/** What instruments are called, and were. */
async function tickersOf(
  db: Database,
  vocabulary: SourceName,
  instrumentIds: readonly number[],
): Promise<readonly string[]> {
  const { rows } = await sql<{ ticker: string }>`
    select symbol as ticker from market.instruments where id = any(${instrumentIds}::int[])
    union
    select ticker from market.symbol_history
    where vocabulary = ${vocabulary} and known_until is null and instrument_id = any(${instrumentIds}::int[])`.execute(
    db,
  );
  return rows.map(({ ticker }) => ticker);
}

function withGone({ figi, cik, ...term }: Term, gone: readonly Gone[]): BorneTicker {
  const days = gone
    .filter(({ id, lastDay }) => id !== term.instrumentId && lastDay < term.from)
    .filter((one) => !isEqual(one.figi, figi) && !isEqual(one.cik, cik))
    .map(({ lastDay }) => lastDay);
  return { ...term, goneBefore: days.sort().at(-1) ?? null };
}

/** Whether it says that the two are one. */
function isEqual(a: string | null, b: string | null): boolean {
  return a !== null && a === b;
}

/** Those of some instruments whose ticker of today is another's: a source of today's tickers tells of that one under it. */
export async function tickersTaken(
  db: Database,
  instrumentIds: readonly number[],
): Promise<ReadonlySet<number>> {
  const { rows } = await sql<{ id: number }>`
    select i.id from market.instruments i where i.id = any(${instrumentIds}::int[]) and (
      exists (select from market.symbol_history h where h.ticker = i.symbol and h.known_until is null
        and upper_inf(h.borne) and h.instrument_id <> i.id)
      or not i.active and exists (select from market.instruments other
        where other.symbol = i.symbol and other.active and other.id <> i.id))`.execute(db);
  return new Set(rows.map(({ id }) => id));
}
