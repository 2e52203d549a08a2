import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HistoryOutcome, PutRight } from '../../activities/reference.ts';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import type { FaultScript } from '../../src/simulator/faults/fault-script.ts';
import { generatedMarket } from '../../src/simulator/market/generated-market.ts';
import { delistingsOf } from '../../src/store/delistings.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { startTestMarket, type TestMarket } from '../support/test-market.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

const source = generatedMarket({ symbols: 120, seed: 7, calendar: { sessionsBetween } });
const figiOf = (symbol: string) => source.find(symbol)?.figi ?? '';
const lives = [
  { symbol: 'MSFT', tickers: [{ ticker: 'OLDT' }, { ticker: 'NEWT', from: '2024-03-13' }] },
  { symbol: 'JPM', listedOn: '2024-05-07', tickers: [{ ticker: 'OLDT' }] },
  // Renamed and without a FIGI: only its CIK tells.
  { symbol: 'INTC', tickers: [{ ticker: 'INTO' }, { ticker: 'INTN', from: '2024-02-14' }], figi: null },
  { symbol: 'KO', delistedOn: '2024-04-18', overTheCounter: 'KOQQQ' },
  // Two classes of one company, of which one gives its ticker to the other on a day.
  {
    symbol: 'GOOGL',
    tickers: [{ ticker: 'GOOG' }, { ticker: 'GOOGL', from: '2024-04-03' }],
    cik: '0001652044',
  },
  { symbol: 'GOOG', listedOn: '2024-04-03', cik: '0001652044' },
];
/** The plan shows two years; one list is short, one lacks a ticker, and events are off by a year. */
const faults: FaultScript = [
  ...['2022-05-31', '2022-04-29'].map((session) => ({
    match: { endpoint: 'tickers' as const, session },
    fault: { kind: 'status' as const, status: 403 },
  })),
  { match: { endpoint: 'tickers', session: '2023-10-31' }, fault: { kind: 'shortList', fraction: 0.67 } },
  { match: { endpoint: 'tickers', session: '2023-12-29', symbol: 'AAPL' }, fault: { kind: 'missingTicker' } },
  { fault: { kind: 'movedEvent', days: -365 } },
];

let store: TestDatabase;
let market: TestMarket;
let worker: TestWorker;
let first: HistoryOutcome & PutRight;

beforeAll(async () => {
  store = await freshDatabase();
  market = await startTestMarket({ clock: '2024-06-13T16:00:00Z', source, lives });
  market.setFaults(faults);
  worker = await startTestWorker({ store, baseUrl: market.url });
  await worker.execute('syncUniverse', []);
  first = await worker.execute<HistoryOutcome & PutRight>('syncSymbolHistory', [], 'sync-symbol-history');
});
afterAll(async () => {
  await worker.stop();
  await market.close();
  await store.close();
});

async function termsOf(...tickers: readonly string[]) {
  const { rows } = await sql<{
    figi: string | null;
    symbol: string;
    ticker: string;
    from: string;
    to: string | null;
  }>`
    select i.figi, i.symbol, ticker, lower(borne) as from, upper(borne) - 1 as to from market.symbol_history h
    join market.instruments i on i.id = h.instrument_id
    where known_until is null and ticker = any(${tickers}::text[]) order by ticker, borne`.execute(store.db);
  return rows;
}

test('a rename, a ticker taken over and a delisting are known to the day', async () => {
  expect(await termsOf('OLDT', 'NEWT', 'KO', 'KOQQQ')).toEqual([
    { figi: figiOf('KO'), symbol: 'KO', ticker: 'KO', from: '2022-06-30', to: '2024-04-18' },
    { figi: figiOf('MSFT'), symbol: 'NEWT', ticker: 'NEWT', from: '2024-03-13', to: null },
    { figi: figiOf('MSFT'), symbol: 'NEWT', ticker: 'OLDT', from: '2022-06-30', to: '2024-03-12' },
    { figi: figiOf('JPM'), symbol: 'OLDT', ticker: 'OLDT', from: '2024-05-01', to: null },
  ]);
});

test('two classes of one company part on the day, and one without a FIGI is joined by its CIK', async () => {
  expect(await termsOf('GOOG', 'GOOGL')).toEqual([
    { figi: figiOf('GOOGL'), symbol: 'GOOGL', ticker: 'GOOG', from: '2022-06-30', to: '2024-04-02' },
    { figi: figiOf('GOOG'), symbol: 'GOOG', ticker: 'GOOG', from: '2024-04-03', to: null },
    { figi: figiOf('GOOGL'), symbol: 'GOOGL', ticker: 'GOOGL', from: '2024-04-03', to: null },
  ]);
  expect(await termsOf('INTO', 'INTN')).toMatchObject([
    { symbol: 'INTN', ticker: 'INTN', from: '2024-02-14', to: null },
    { symbol: 'INTN', ticker: 'INTO', to: '2024-02-13' },
  ]);
});

test('how who is gone went is known as far as anybody tells it', async () => {
  const { rows } = await sql<{ id: number; symbol: string }>`
    select id, symbol from market.instruments where not active and delisted_on is not null and merged_into is null`.execute(
    store.db,
  );
  const delistings = await delistingsOf(
    store.db,
    rows.map(({ id }) => id),
  );
  const reasons = Object.fromEntries(rows.map(({ id, symbol }) => [symbol, delistings.get(id)?.reason]));
  expect(reasons).toMatchObject({ KO: 'over_the_counter' });
  expect(Object.values(reasons).filter((reason) => reason === 'unknown').length).toBe(rows.length - 1);
  const left = rows.find(({ symbol }) => symbol === 'KO')?.id ?? 0;
  expect(delistings.get(left)).toEqual({
    lastDay: '2024-04-18',
    lastDayBy: 'told',
    lastClose: null,
    reason: 'over_the_counter',
  });
});

test('a short list and one that lacks a ticker say nothing of what they lack', async () => {
  expect(await termsOf('AAPL', 'CPK', 'CpK')).toEqual(
    ['AAPL', 'CPK', 'CpK'].map((symbol) => {
      return { figi: figiOf(symbol), symbol, ticker: symbol, from: '2022-06-30', to: null };
    }),
  );
  expect(first.unclear).toBe(0);
});

test('a day that the plan refused is asked for again a month later, and no other', async () => {
  await sql`update market.dated_lists set read_at = read_at - interval '31 days'`.execute(store.db);
  const asked = market.requests().length;
  await worker.execute<HistoryOutcome>('syncSymbolHistory', []);
  expect(
    market
      .requests()
      .slice(asked)
      .map(({ status }) => status),
  ).toEqual([403]);
});

test('again nothing is asked that was asked before, and nothing changes', async () => {
  const asked = market.requests().length;
  const again = await worker.execute<HistoryOutcome>('syncSymbolHistory', []);
  expect(again).toEqual({ ...first, changed: 0, merged: 0 });
  expect(market.requests().length).toBe(asked);
});
