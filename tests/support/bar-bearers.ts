import { sql } from 'kysely';
import type { DailyBar } from '../../src/domain/bar.ts';
import type { DateRange } from '../../src/domain/date-range.ts';
import type { MarketInstrument } from '../../src/simulator/market/market-source.ts';
import type { Database } from '../../src/store/database.ts';
import type { ChangingMarket } from './changing-market.ts';

/** What is stored of a range, held against the companies whose bars they are. Companies are called as the market's source does. */
export interface Bearings {
  /** Stored bars that no company had under a ticker of an exchange, by instrument. */
  readonly foreign: readonly (readonly [instrument: string, bars: number])[];
  /** Instruments with bars of several companies. */
  readonly mixed: readonly (readonly [instrument: string, companies: readonly string[]])[];
  /** Companies with bars under several instruments. */
  readonly split: readonly (readonly [company: string, instruments: readonly string[]])[];
  /** Companies of which bars are not stored. */
  readonly lacking: readonly (readonly [company: string, bars: number])[];
}

interface StoredBar extends Omit<DailyBar, 'vwap' | 'trades'> {
  readonly instrument: string;
}

/** Of the default universe. */
const types = ['CS', 'ADRC', 'ETF'];

export async function bearingsOf(db: Database, market: ChangingMarket, range: DateRange): Promise<Bearings> {
  const { owners, expected } = truthOf(market, range);
  const counts = new Map<string, Map<string, number>>();
  const foreign = new Map<string, number>();
  for (const bar of await storedBars(db, range)) {
    const { instrument } = bar;
    const owner = owners.get(keyOf(bar));
    if (owner === undefined) foreign.set(instrument, (foreign.get(instrument) ?? 0) + 1);
    else countIn(counts, instrument, owner);
  }
  const byCompany = new Map<string, Map<string, number>>();
  for (const [instrument, own] of counts)
    for (const [company, bars] of own) countIn(byCompany, company, instrument, bars);
  const several = (of: ReadonlyMap<string, ReadonlyMap<string, number>>) =>
    [...of].flatMap(([one, others]) => (others.size > 1 ? [[one, [...others.keys()]] as const] : []));
  const lacking = [...expected].flatMap(([company, bars]) => {
    const stored =
      byCompany
        .get(company)
        ?.values()
        .reduce((sum, count) => sum + count, 0) ?? 0;
    return stored === bars ? [] : [[company, bars - stored] as const];
  });
  return { foreign: [...foreign], mixed: several(counts), split: several(byCompany), lacking };
}

/** Whose each bar is, and how many each company has under tickers of an exchange. */
function truthOf({ source, tenures }: ChangingMarket, { from, to }: DateRange) {
  const owners = new Map<string, string>();
  const expected = new Map<string, number>();
  for (const tenure of tenures) {
    const { company, market } = tenure;
    const own = { from: from > tenure.from ? from : tenure.from, to: to < tenure.to ? to : tenure.to };
    if (market !== 'stocks' || own.from > own.to || !isInUniverse(company)) continue;
    const bars = source.bars(company.symbol, own);
    for (const bar of bars) owners.set(keyOf(bar), company.symbol);
    expected.set(company.symbol, (expected.get(company.symbol) ?? 0) + bars.length);
  }
  return { owners, expected };
}

function isInUniverse({ type }: MarketInstrument): boolean {
  return type === null || types.includes(type);
}

function keyOf({ session, open, high, low, close, volume }: Omit<DailyBar, 'vwap' | 'trades'>): string {
  return [session, open, high, low, close, volume].join(' ');
}

async function storedBars(db: Database, { from, to }: DateRange): Promise<readonly StoredBar[]> {
  const { rows } = await sql<StoredBar>`
    select i.symbol || ' ' || i.id as instrument, session_date as session, open, high, low, close, volume
    from market.daily_bars b join market.instruments i on i.id = b.instrument_id
    where b.source = 'polygon' and session_date between ${from} and ${to}`.execute(db);
  return rows;
}

function countIn(counts: Map<string, Map<string, number>>, outer: string, inner: string, by = 1): void {
  const own = counts.get(outer) ?? new Map<string, number>();
  counts.set(outer, own);
  own.set(inner, (own.get(inner) ?? 0) + by);
}
