import { sql } from 'kysely';
import { unknownBasis } from '../../src/domain/split-basis.ts';
import { storedActions, type StoredAction } from '../../src/store/corporate-actions.ts';
import type { Database } from '../../src/store/database.ts';
import { sessionAt, sessions, type CashEvent, type FaultyStock } from './faulty-market.ts';

/** Records of one payment lie no further from it, in sessions. */
const sessionsApart = 6;

/**
 * Compares the payments of a stock that count with those that were: each is right, or waits, or where the source that is
 * believed first tells it wrongly a finding says that something is wrong, unless no other tells of it.
 */
export async function judgePayments(db: Database, instrumentId: number, stock: FaultyStock) {
  const actions = (await storedActions(db, [instrumentId])).filter(({ ratio }) => ratio === null);
  const { rows: findings } = await sql<{ day: string }>`
    select range_start as day from market.quality_findings
    where instrument_id = ${instrumentId} and rule like 'dividend%' and status = 'open'`.execute(db);
  const wrong: string[] = [];
  let areRight = true;
  for (const event of stock.cash) {
    const isNear = (day: string) => Math.abs(sessions.indexOf(day) - event.at) <= sessionsApart;
    const own = actions.filter(({ exDate }) => isNear(exDate));
    const counted = own.filter(({ status }) => status === 'effective');
    const waits = own.some(({ status, amountBasis }) => status === 'pending' && amountBasis === unknownBasis);
    if (isPaid(event, counted) || (counted.length === 0 && waits)) continue;
    areRight = false;
    const isSaid = findings.some(({ day }) => isNear(day));
    if (counted.length > 1 || isTold(event) || !(isSaid || isAlone(event)))
      wrong.push(described(stock, event, own));
  }
  return { wrong, areRight };
}

function described(
  { symbol, ratios }: FaultyStock,
  { at, cash, telling }: CashEvent,
  own: readonly StoredAction[],
) {
  const told = own.map(({ source, exDate, amount, status, toldAmount, amountBasis }) =>
    [source, exDate, amount, status, toldAmount, amountBasis].join(' '),
  );
  const faults = ratios.map((ratio) => ratio.faults);
  return [
    `${symbol} ${cash.amount} ${cash.currency} of ${sessionAt(at)}`,
    telling.polygon,
    telling.yahoo,
    ...told,
    ...faults,
  ].join('; ');
}

/**
 * The most credible source that tells of it tells it rightly; of what one lists on two days only another that tells the day
 * shows which it is.
 */
function isTold({ telling: { polygon, yahoo } }: CashEvent): boolean {
  const [first, second] = polygon === 'missing' ? [yahoo, polygon] : [polygon, yahoo];
  const isRight = (telling: string) => ['right', 'late'].includes(telling);
  return isRight(first) || (first === 'twice' && isRight(second));
}

/** One source tells of it alone: nothing shows that it is wrong. */
function isAlone({ telling: { polygon, yahoo } }: CashEvent): boolean {
  return [polygon, yahoo].includes('missing');
}

function isPaid({ at, cash }: CashEvent, counted: readonly StoredAction[]): boolean {
  const [one] = counted;
  if (cash.currency !== 'USD') return counted.length === 0;
  return (
    counted.length === 1 &&
    one?.exDate === sessionAt(at) &&
    Math.abs((one.amount ?? NaN) / cash.amount - 1) < 1e-5
  );
}
