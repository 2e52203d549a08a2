import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import type { TickerTerm } from '../../src/domain/ticker-term.ts';
import { generatedMarket } from '../../src/simulator/market/generated-market.ts';
import { writeTerms } from '../../src/store/symbol-history.ts';
import { transaction } from '../../src/store/transaction.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { startTestMarket, type TestMarket } from '../support/test-market.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

const source = generatedMarket({ symbols: 40, seed: 7, calendar: { sessionsBetween } });
/** One that is renamed, and one that takes its ticker over. */
const [renamed, heir] = ['MSFT', 'JPM'];
const lives = [
  { symbol: renamed, tickers: [{ ticker: 'OLDT' }, { ticker: 'NEWT', from: '2024-03-13' }] },
  { symbol: heir, listedOn: '2024-05-07', tickers: [{ ticker: 'OLDT' }] },
];
const range = { startDate: '2024-02-01', endDate: '2024-06-10' };

let store: TestDatabase;
let market: TestMarket;
let worker: TestWorker;

beforeAll(async () => {
  store = await freshDatabase();
  market = await startTestMarket({ clock: '2024-06-13T16:00:00Z', source, lives });
  worker = await startTestWorker({ store, baseUrl: market.url });
  await worker.execute('syncUniverse', []);
  await sql`insert into market.dated_lists (source, list_date, tickers)
    values ('polygon', '2024-01-31', 40)`.execute(store.db);
  const [first, second] = [await idOf('NEWT'), await idOf('OLDT')];
  const term = (instrumentId: number, ticker: string, from: string, to: string | null): TickerTerm => ({
    ...{ instrumentId, ticker, from, to },
    ...{ evidence: 'figi', fromBy: 'bars', toBy: 'bars' },
  });
  await transaction(store, (tx) =>
    writeTerms(
      tx,
      'polygon',
      [
        term(first, 'OLDT', '2024-01-31', '2024-03-12'),
        term(first, 'NEWT', '2024-03-13', null),
        term(second, 'OLDT', '2024-05-07', null),
      ],
      { runId: null, reason: null },
    ),
  );
});
afterAll(async () => {
  await worker.stop();
  await market.close();
  await store.close();
});

async function idOf(symbol: string): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    select id from market.instruments where symbol = ${symbol} and active`.execute(store.db);
  return rows[0]?.id ?? 0;
}

async function closesOf(instrumentId: number, since = range.startDate) {
  const { rows } = await sql<{ session: string; close: number }>`
    select session_date as session, close from market.daily_bars
    where instrument_id = ${instrumentId} and source = 'polygon' and session_date >= ${since}
    order by session_date`.execute(store.db);
  return rows;
}

const truthOf = (symbol: string, from: string = range.startDate) =>
  source.bars(symbol, { from, to: range.endDate }).map(({ session, close }) => ({ session, close }));

test('a series is asked in parts under the ticker of its days, and the load counts once', async () => {
  const { summary } = await worker.run('polygon-historical-backfill', { ...range, symbols: ['NEWT'] });
  expect(summary).toMatchObject({ successful: 1, partial: 0, failed: 0, requests: 2 });
  expect(summary.totalRecords).toBe(truthOf(renamed).length);
  expect(await closesOf(await idOf('NEWT'))).toEqual(truthOf(renamed));
  const { rows } = await sql<{ ticker: string; from: string; to: string }>`
    select ticker, range_start as from, range_end as to from market.load_requests order by range_start`.execute(
    store.db,
  );
  expect(rows).toEqual([
    { ticker: 'OLDT', from: '2024-02-01', to: '2024-03-12' },
    { ticker: 'NEWT', from: '2024-03-13', to: '2024-06-10' },
  ]);
  const again = await worker.run('polygon-historical-backfill', { ...range, symbols: ['NEWT'] });
  expect(again.summary).toMatchObject({ successful: 1, requests: 0 });
});

test('a part that fails leaves the load partial, and the other part stays', async () => {
  await sql`delete from market.daily_bars`.execute(store.db);
  market.setFaults([
    { match: { endpoint: 'aggregates', symbol: 'OLDT' }, fault: { kind: 'status', status: 403 } },
  ]);
  const { summary } = await worker.run('polygon-historical-backfill', {
    ...range,
    symbols: ['NEWT'],
    maxSymbols: 1,
  });
  market.setFaults([]);
  expect(summary).toMatchObject({ successful: 0, partial: 1, failed: 0 });
  expect(await closesOf(await idOf('NEWT'))).toEqual(truthOf(renamed, '2024-03-13'));
});

test('whole-market rows are of who bore the ticker that session', async () => {
  await sql`delete from market.daily_bars`.execute(store.db);
  const days = { startDate: '2024-03-11', endDate: '2024-03-14' };
  await worker.run('polygon-historical-backfill', days);
  const first = await closesOf(await idOf('NEWT'), days.startDate);
  expect(first).toEqual(truthOf(renamed, days.startDate).filter(({ session }) => session <= days.endDate));
  await worker.run('polygon-historical-backfill', { startDate: '2024-05-06', endDate: '2024-05-08' });
  const second = await closesOf(await idOf('OLDT'), days.startDate);
  expect(second).toEqual(truthOf(heir, '2024-05-07').filter(({ session }) => session <= '2024-05-08'));
});

test('of days on which an instrument bore no ticker nothing is missing, whichever way the others are asked', async () => {
  await sql`delete from market.daily_bars`.execute(store.db);
  const days = { startDate: '2024-05-03', endDate: '2024-05-09' };
  const whole = await worker.run('polygon-historical-backfill', days);
  const alone = await worker.run('polygon-historical-backfill', { ...days, symbols: ['OLDT'] });
  const { rows } = await sql<{ status: string; records: number }>`
    select status, records_count as records from market.load_runs
    where run_id in (${whole.runId}, ${alone.runId}) and symbol = 'OLDT' order by id`.execute(store.db);
  expect(rows).toEqual([
    { status: 'success', records: 3 },
    { status: 'success', records: 0 },
  ]);
  expect(alone.summary.requests).toBe(0);
});
