import { sql } from 'kysely';
import type { SourceName } from '../../src/domain/source.ts';
import { readBars } from '../../src/store/adjusted-bars.ts';
import type { Database } from '../../src/store/database.ts';
import { withheldBars } from '../../src/store/withheld-bars.ts';
import { judgePayments } from './faulty-payments.ts';
import { sessionAt, sessions, tellers, type FaultyStock } from './faulty-market.ts';

/** What reads of a faulty market came to. */
export interface FaultyReads {
  reads: number;
  /** Reads left out, by why. */
  readonly withheld: { ofUnknownBasis: number; beforeDispute: number; unexplained: number };
  /** What was read and is not so. */
  readonly wrong: string[];
  /** Payments that count twice, or wrongly although the source that is believed first tells of them rightly, or unsaid. */
  readonly wronglyPaid: string[];
  /** Stocks of which each payment counts as it was or waits: their total returns are compared as well. */
  paidStocks: number;
}

interface Read {
  readonly instrumentId: number;
  readonly source: SourceName;
  readonly adjust: 'raw' | 'split';
}

const range = { from: sessionAt(0), to: sessions.at(-1) ?? '' };

/** Compares every raw and split read, and the payments that count, with what happened. */
export async function judgeReads(db: Database, stocks: readonly FaultyStock[]): Promise<FaultyReads> {
  const { rows } = await sql<{ id: number; symbol: string }>`
    select id, symbol from market.instruments`.execute(db);
  const ids = new Map(rows.map(({ id, symbol }) => [symbol, id]));
  const result: FaultyReads = {
    reads: 0,
    withheld: { ofUnknownBasis: 0, beforeDispute: 0, unexplained: 0 },
    wrong: [],
    wronglyPaid: [],
    paidStocks: 0,
  };
  for (const stock of stocks) {
    const instrumentId = ids.get(stock.symbol) ?? 0;
    for (const source of tellers)
      for (const adjust of ['raw', 'split'] as const)
        await judgeBars(db, { instrumentId, source, adjust }, stock, result);
    const paid = await judgePayments(db, instrumentId, stock);
    result.wronglyPaid.push(...paid.wrong);
    if (!paid.areRight) continue;
    result.paidStocks += 1;
    for (const source of tellers) await judgeTotals(db, { instrumentId, source }, stock, result);
  }
  return result;
}

async function judgeBars(db: Database, read: Read, stock: FaultyStock, result: FaultyReads): Promise<void> {
  const wish = { ...read, interval: '1d' as const, range };
  const bars = new Map((await readBars(db, wish)).map((bar) => [bar.session, bar]));
  const bad = stock.traded.filter(({ d, c, v }, place) => {
    const bar = bars.get(d);
    const by = read.adjust === 'raw' ? 1 : laterSplits(stock, place);
    return bar !== undefined && !(isSame(bar.close, c / by) && isSame(bar.volume, v * by));
  });
  result.reads += stock.traded.length;
  if (bad.length > 0)
    result.wrong.push(
      `${stock.symbol} ${read.source} ${read.adjust}: ${bad.length} wrong, ${faultsOf(stock)}`,
    );
  const missing = stock.traded.length - bars.size;
  if (missing === 0) return;
  const withheld = await withheldBars(db, { ...wish, instrumentIds: [read.instrumentId] });
  const { ofUnknownBasis = 0, beforeDispute = 0 } = withheld.get(read.instrumentId) ?? {};
  result.withheld.ofUnknownBasis += ofUnknownBasis;
  result.withheld.beforeDispute += beforeDispute;
  result.withheld.unexplained += missing - ofUnknownBasis - beforeDispute;
}

function isSame(one: number, other: number): boolean {
  return Math.abs(one / other - 1) < 1e-5;
}

function laterSplits({ ratios }: FaultyStock, place: number): number {
  return ratios.reduce(
    (product, { at, ratio, isSpinOff }) => (!isSpinOff && at > place ? product * ratio : product),
    1,
  );
}

function faultsOf({ ratios }: FaultyStock): string {
  return ratios.map(({ faults }) => faults).join('; ');
}

/** One payment is 0.3 % of the price at least; of another close before it, where that one is withheld, it is as good as the same. */
const totalsApart = 0.0015;

async function judgeTotals(
  db: Database,
  read: Omit<Read, 'adjust'>,
  stock: FaultyStock,
  { wrong }: FaultyReads,
): Promise<void> {
  const total = await readBars(db, { ...read, adjust: 'total', interval: '1d', range });
  const bars = new Map(total.map((bar) => [bar.session, bar.close]));
  const bad = stock.traded.filter(({ d, c }, place) => {
    const close = bars.get(d);
    return close !== undefined && Math.abs(close / (c * keptOf(stock, place)) - 1) > totalsApart;
  });
  if (bad.length > 0)
    wrong.push(`${stock.symbol} ${read.source} total: ${bad.length} wrong, ${faultsOf(stock)}`);
}

/** What is left of a price when all that came later is taken out: splits, what was handed out, and cash. */
function keptOf({ ratios, cash, traded }: FaultyStock, place: number): number {
  const shares = (from: number, through: number) =>
    ratios.reduce((product, { at, ratio }) => (at > from && at <= through ? product * ratio : product), 1);
  const after = cash.filter(({ at, cash: { currency } }) => at > place && currency === 'USD');
  return after.reduce(
    (kept, { at, cash: { amount } }) => {
      const before = traded[at - 1]?.c ?? NaN;
      return kept * (1 - (amount * shares(at - 1, at)) / before);
    },
    1 / shares(place, Infinity),
  );
}
