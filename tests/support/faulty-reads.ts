import { sql } from 'kysely';
import type { SourceName } from '../../src/domain/source.ts';
import { readBars, type Adjustment } from '../../src/store/adjusted-bars.ts';
import { storedActions, type StoredAction } from '../../src/store/corporate-actions.ts';
import type { Database } from '../../src/store/database.ts';
import { withheldBars } from '../../src/store/withheld-bars.ts';
import { sessionAt, sessions, tellers, type CashEvent, type FaultyStock } from './faulty-market.ts';

/** What reads of a faulty market came to. */
export interface FaultyReads {
  reads: number;
  /** Reads left out, by why. */
  readonly withheld: { ofUnknownBasis: number; beforeDispute: number; unexplained: number };
  /** What was read and is not so. */
  readonly wrong: string[];
  /** Payments that count twice, or not although both sources tell of them rightly. */
  readonly wronglyPaid: string[];
}

interface Read {
  readonly instrumentId: number;
  readonly source: SourceName;
  readonly adjust: Exclude<Adjustment, 'total'>;
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
  };
  for (const stock of stocks) {
    const instrumentId = ids.get(stock.symbol) ?? 0;
    for (const source of tellers)
      for (const adjust of ['raw', 'split'] as const)
        await judgeBars(db, { instrumentId, source, adjust }, stock, result);
    judgePayments(await storedActions(db, [instrumentId]), stock, result);
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
  const { ofUnknownBasis, beforeDispute } = await withheldBars(db, wish);
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

/** Records of one payment lie no further from it, in sessions. */
const sessionsApart = 6;

function judgePayments(
  actions: readonly StoredAction[],
  stock: FaultyStock,
  { wronglyPaid }: FaultyReads,
): void {
  const paid = actions.filter(({ amount, status }) => amount !== null && status === 'effective');
  for (const event of stock.cash) {
    const own = paid.filter(({ exDate }) => Math.abs(sessions.indexOf(exDate) - event.at) <= sessionsApart);
    const told = own.map(({ source, exDate, amount }) => `${source} ${exDate} ${amount}`).join(', ');
    if (own.length > 1 || (isTold(event) && !isPaid(event, own)))
      wronglyPaid.push(
        `${stock.symbol} ${event.cash.amount} of ${sessionAt(event.at)}: ${told}; ${faultsOf(stock)}`,
      );
  }
}

/** The more credible source tells of it rightly. */
function isTold({ telling }: CashEvent): boolean {
  return ['right', 'twice', 'late'].includes(telling.polygon);
}

function isPaid({ at, cash }: CashEvent, own: readonly StoredAction[]): boolean {
  const [one] = own;
  if (cash.currency !== 'USD') return own.length === 0;
  return one?.exDate === sessionAt(at) && isSame(one.amount ?? NaN, cash.amount);
}
