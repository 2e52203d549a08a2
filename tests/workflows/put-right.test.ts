import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HistoryOutcome, PutRight } from '../../activities/reference.ts';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { generatedMarket } from '../../src/simulator/market/generated-market.ts';
import { runCommand } from '../support/command-in-process.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { startTestMarket, type TestMarket } from '../support/test-market.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

const source = generatedMarket({ symbols: 40, seed: 7, calendar: { sessionsBetween } });
/** Renamed; gone, and its ticker taken by the renamed one; new under the ticker that was given up. */
const [renamed, gone, heir] = ['MSFT', 'KO', 'JPM'];
const lives = [
  { symbol: renamed, tickers: [{ ticker: 'OLDT' }, { ticker: 'NEWT', from: '2024-03-13' }] },
  { symbol: gone, tickers: [{ ticker: 'NEWT' }], delistedOn: '2024-01-31' },
  { symbol: heir, listedOn: '2024-05-07', tickers: [{ ticker: 'OLDT' }] },
];
const startDate = '2024-01-02';
/** The clock, and the last session that is loaded. */
const days = [
  ['2024-03-11T16:00:00Z', '2024-03-07'],
  ['2024-04-15T16:00:00Z', '2024-04-11'],
  ['2024-06-13T16:00:00Z', '2024-06-11'],
] as const;
const endDate = days[2][1];
const tickers = ['OLDT', 'NEWT'];

const home = mkdtempSync(path.join(tmpdir(), 'barwright-home-'));
let store: TestDatabase;
let market: TestMarket;
let worker: TestWorker;
let instant: string;
let before: readonly string[];
let outcome: HistoryOutcome & PutRight;

beforeAll(async () => {
  store = await freshDatabase();
  market = await startTestMarket({ clock: days[0][0], source, lives });
  worker = await startTestWorker({ store, baseUrl: market.url, analytics: true });
  for (const [clock, last] of days) await loadAll(clock, last);
  await worker.idle();
  instant = await changedLast();
  before = await documents();
  outcome = await learnHistory();
});
afterAll(async () => {
  await worker.stop();
  await market.close();
  await store.close();
  rmSync(home, { recursive: true });
});

/** As it was before anybody knew who bore which ticker when. */
async function loadAll(clock: string, last: string): Promise<void> {
  market.setClock(clock);
  await worker.execute('syncUniverse', []);
  // Nobody has told when the first bearer of a ticker was gone: the next one gets its bars.
  await sql`update market.instruments set delisted_on = null, delisted_by = null where symbol = 'NEWT' and not active`.execute(
    store.db,
  );
  await sql`update market.instruments set watched = true where symbol = any(${tickers}::text[])`.execute(
    store.db,
  );
  const range = { startDate, endDate: last };
  await worker.run('polygon-historical-backfill', range);
  await worker.run('polygon-historical-backfill', { ...range, symbols: tickers });
  for (const interval of ['1d', '1h']) await worker.run('yahoo-market-data-hourly', { ...range, interval });
  for (const dataSource of ['polygon', 'yahoo'])
    await worker.run('indicators-daily-calculation', { ...range, dataSource });
}

const learnHistory = () => worker.execute<HistoryOutcome & PutRight>('syncSymbolHistory', []);

async function changedLast(): Promise<string> {
  const { rows } = await sql<{ at: string }>`
    select to_char(max(known_from) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at from market.changes`.execute(
    store.db,
  );
  return rows[0]?.at ?? '';
}

async function read(...command: readonly string[]): Promise<string> {
  const variables = { BARWRIGHT_HOME: home, DATABASE_URL: store.url, MARKET: 'simulated' };
  const { code, stdout, stderr } = await runCommand(variables, ...command, '--json');
  expect({ command, code }, stderr).toEqual({ command, code: 0 });
  return stdout;
}

/** What is read as of before anything was moved. */
async function documents(): Promise<readonly string[]> {
  const range = ['--from', startDate, '--to', endDate];
  const reads = [
    ['bars', 'OLDT,NEWT', ...range, '--adjust', 'total'],
    ['bars', 'OLDT,NEWT', ...range, '--source', 'yahoo'],
    ['bars', 'OLDT,NEWT', ...range, '--interval', '1h'],
    ['indicators', 'OLDT,NEWT', ...range],
    ['actions', 'OLDT,NEWT'],
    ['fundamentals', 'OLDT,NEWT'],
    ['symbols', 'list'],
    ['symbols', 'list', '--date', '2024-02-01'],
  ];
  const texts: string[] = [];
  for (const one of reads) texts.push(await read(...one, '--as-of', instant));
  return texts;
}

const figiOf = (company: string) => source.find(company)?.figi ?? '';

/** The closes of a company by session, wherever they are stored: all that has its FIGI. */
async function closesOf(company: string, name: string): Promise<Readonly<Record<string, number>>> {
  const { rows } = await sql<{ session: string; close: number }>`
    select session_date as session, round(close::numeric, 3)::float8 as close from market.daily_bars b
    join market.instruments i on i.id = b.instrument_id
    where b.source = ${name} and i.figi = ${figiOf(company)} order by 1`.execute(store.db);
  return Object.fromEntries(rows.map(({ session, close }) => [session, close]));
}

const truthOf = (company: string, from: string, to: string) =>
  Object.fromEntries(
    source.bars(company, { from, to }).map(({ session, close }) => [session, Number(close.toFixed(3))]),
  );

test('all bars of a company are its own, and no others', async () => {
  expect(outcome).toMatchObject({ unclear: 0, merged: 1 });
  expect(await closesOf(renamed, 'polygon')).toEqual(truthOf(renamed, startDate, endDate));
  expect(await closesOf(gone, 'polygon')).toEqual(truthOf(gone, startDate, '2024-01-31'));
  expect(await closesOf(heir, 'polygon')).toEqual(truthOf(heir, '2024-05-07', endDate));
  // What could not be told beside another's prices is due again.
  expect(truthOf(renamed, startDate, endDate)).toMatchObject(await closesOf(renamed, 'yahoo'));
  expect(await closesOf(gone, 'yahoo')).toEqual({});
  expect(await closesOf(heir, 'yahoo')).toEqual(truthOf(heir, '2024-05-07', endDate));
});

test('what was shown before is shown as of then', async () => {
  expect(await documents()).toEqual(before);
});

test('a ticker means who bears it, under all its tickers, or who bore it on a day', async () => {
  const range = ['--from', '2024-03-11', '--to', '2024-03-14'];
  const closes = truthOf(renamed, '2024-03-11', '2024-03-14');
  const shown = async (...command: readonly string[]) => {
    const { symbol, bars } = JSON.parse(await read('bars', ...command)) as {
      symbol: string;
      bars: { session: string; close: number }[];
    };
    return {
      symbol,
      closes: Object.fromEntries(bars.map((bar) => [bar.session, Number(bar.close.toFixed(3))])),
    };
  };
  expect(await shown('NEWT', ...range)).toEqual({ symbol: 'NEWT', closes });
  expect(await shown('OLDT', ...range, '--on', '2024-03-12')).toEqual({ symbol: 'NEWT', closes });
  expect(await shown('OLDT', ...range)).toEqual({ symbol: 'OLDT', closes: {} });
  const listed = async (date: string) =>
    (JSON.parse(await read('symbols', 'list', '--date', date)) as { symbols: { symbol: string }[] }).symbols
      .map(({ symbol }) => symbol)
      .filter((symbol) => tickers.includes(symbol));
  expect(await listed('2024-01-15')).toEqual(['NEWT', 'OLDT']);
  expect(await listed('2024-02-15')).toEqual(['OLDT']);
  expect(await listed('2024-04-15')).toEqual(['NEWT']);
  expect(await listed('2024-06-03')).toEqual(['NEWT', 'OLDT']);
});

test('of who is gone the last day and the last close are told', async () => {
  const text = await read('symbols', 'list', '--date', '2024-01-15');
  const { symbols } = JSON.parse(text) as { symbols: { symbol: string; delisting: unknown }[] };
  const lastClose = truthOf(gone, '2024-01-31', '2024-01-31')['2024-01-31'];
  expect(symbols.filter(({ delisting }) => delisting !== null)).toMatchObject([
    { symbol: 'NEWT', delisting: { lastDay: '2024-01-31', lastDayBy: 'bars', lastClose, reason: 'unknown' } },
  ]);
});

test('the second run changes nothing', async () => {
  const last = await changedLast();
  expect(await learnHistory()).toEqual({ ...outcome, changed: 0, moved: 0, merged: 0 });
  expect(await changedLast()).toBe(last);
});

test('nothing is due but the indicators, of all that was moved', async () => {
  const backfill = await worker.run('polygon-historical-backfill', { startDate, endDate });
  expect(backfill.summary).toMatchObject({ failed: 0, partial: 0, requests: 0 });
  await worker.run('yahoo-market-data-hourly', { startDate, endDate, interval: '1d', incremental: false });
  expect(await closesOf(renamed, 'yahoo')).toEqual(truthOf(renamed, startDate, endDate));
  const unknown = await sql`select from market.daily_bars where split_basis = '9999-12-31'`.execute(store.db);
  expect(unknown.rows).toEqual([]);
  await worker.run('indicators-daily-calculation', { startDate, endDate, dataSource: 'polygon' });
  const { rows } = await sql<{ figi: string; rows: number; sma: number }>`
    select i.figi, count(*)::int as rows, count(sma_20)::int as sma from market.indicators r
    join market.instruments i on i.id = r.instrument_id
    where i.figi = any(${[renamed, gone, heir].map(figiOf)}::text[]) and r.source = 'polygon' group by 1`.execute(
    store.db,
  );
  const sessions = Object.keys(truthOf(renamed, startDate, endDate)).length;
  expect(rows).toContainEqual({ figi: figiOf(renamed), rows: sessions, sma: sessions - 19 });
  expect(rows).toContainEqual({ figi: figiOf(heir), rows: 25, sma: 6 });
});
