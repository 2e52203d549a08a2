import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FlowParameters } from '../support/test-worker.ts';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { validateBatch } from '../../src/pipelines/quality/validate-batch.ts';
import { generatedMarket } from '../../src/simulator/market/generated-market.ts';
import { readBars, type Adjustment } from '../../src/store/adjusted-bars.ts';
import { storedSteps } from '../../src/store/adjusted-closes.ts';
import { readFindings } from '../../src/store/read-findings.ts';
import { setListed } from '../../src/store/instruments.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { emptyTables, ledgerTables } from '../support/empty-tables.ts';
import { startTestMarket, type TestMarket } from '../support/test-market.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

/** Tuesday, an hour after the close, New York. */
const evening = '2024-06-11T21:00:00Z';
const nextMorning = '2024-06-12T14:00:00Z';

const source = generatedMarket({ symbols: 600, seed: 7, calendar: { sessionsBetween } });
let store: TestDatabase;
let market: TestMarket;
let worker: TestWorker;

beforeAll(async () => {
  store = await freshDatabase();
  market = await startTestMarket({ clock: evening, source });
  worker = await startTestWorker({ store, baseUrl: market.url });
  await worker.execute('syncUniverse', []);
});
afterAll(async () => {
  await worker.stop();
  await market.close();
  await store.close();
});
beforeEach(async () => {
  market.setClock(evening);
  market.setFaults([]);
  await emptyTables(store, [
    'daily_bars',
    'intraday_bars',
    'bar_revisions',
    'bar_absences',
    'corporate_actions',
    'corporate_action_revisions',
    'action_syncs',
    'quality_findings',
    'fundamentals',
    'key_statistics',
    'fundamental_reads',
    ...ledgerTables,
  ]);
});

const request = (over: FlowParameters = {}): FlowParameters => ({
  nominalTime: evening,
  interval: '1h',
  symbols: ['AAPL', 'MSFT'],
  ...over,
});
const run = async (over: FlowParameters = {}, save?: string) =>
  (await worker.run('yahoo-market-data-hourly', request(over), save)).summary;

async function idOf(symbol: string): Promise<number> {
  const row = await store.db
    .selectFrom('market.instruments')
    .select('id')
    .where('symbol', '=', symbol)
    .where('active', '=', true)
    .executeTakeFirstOrThrow();
  return row.id;
}

async function read(symbol: string, interval: '1h' | '1d', adjust: Adjustment = 'split') {
  const range = { from: '2020-01-01', to: '2024-12-31' };
  return readBars(store.db, { instrumentId: await idOf(symbol), source: 'yahoo', interval, range, adjust });
}

describe('hourly bars', () => {
  test('reach back as far as Yahoo keeps them at first, then only what is missing', async () => {
    const first = await run({}, 'yahoo-hourly');
    expect(first).toMatchObject({ totalSymbols: 2, successful: 2, failed: 0, requests: 2 });
    const sessions = sessionsBetween({ from: '2022-06-14', to: '2024-06-11' });
    const hours = sessions.reduce((sum, { earlyClose }) => sum + (earlyClose ? 4 : 7), 0);
    expect(first).toMatchObject({ totalRecords: 2 * hours, changedRecords: 2 * hours });
    const seen = market.requests().length;
    expect(await run()).toMatchObject({ successful: 2, changedRecords: 0, requests: 2 });
    const again = market
      .requests()
      .slice(seen)
      .map(({ path }) => new URLSearchParams(path.split('?')[1]));
    // A little of what is stored comes along: it shows what the prices mean.
    const weeks = 35 * 86_400;
    for (const query of again)
      expect(Number(query.get('period2')) - Number(query.get('period1'))).toBeLessThan(weeks);
  });

  test('begin at the open whatever the clocks do, and are four on a half day', async () => {
    await run();
    const opens = (await read('AAPL', '1h')).reduce((found, { session, opensAt }) => {
      return found.set(session, [...(found.get(session) ?? []), opensAt?.slice(11, 16) ?? '']);
    }, new Map<string, string[]>());
    expect(opens.get('2024-03-08')).toEqual(['14:30', '15:30', '16:30', '17:30', '18:30', '19:30', '20:30']);
    expect(opens.get('2024-03-11')).toEqual(['13:30', '14:30', '15:30', '16:30', '17:30', '18:30', '19:30']);
    expect(opens.get('2023-11-03')).toEqual(['13:30', '14:30', '15:30', '16:30', '17:30', '18:30', '19:30']);
    expect(opens.get('2023-11-06')).toEqual(['14:30', '15:30', '16:30', '17:30', '18:30', '19:30', '20:30']);
    expect(opens.get('2023-11-24')).toEqual(['14:30', '15:30', '16:30', '17:30']);
  });

  test('are provisional on their day, and settled by the next morning’s run', async () => {
    await run();
    const last = async () => (await read('AAPL', '1h')).filter(({ session }) => session === '2024-06-11');
    expect((await last()).map(({ settled }) => settled)).toEqual(Array(7).fill(false));
    market.setClock(nextMorning);
    expect(await run({ nominalTime: nextMorning })).toMatchObject({ successful: 2, settledRecords: 14 });
    expect((await last()).map(({ settled }) => settled)).toEqual(Array(7).fill(true));
  });

  test('of a session under way are those that have ended, and the one that goes on', async () => {
    const noon = '2024-06-11T16:00:00Z';
    market.setClock(noon);
    expect(await run({ nominalTime: noon, symbols: ['AAPL'] })).toMatchObject({ successful: 1 });
    const today = (await read('AAPL', '1h')).filter(({ session }) => session === '2024-06-11');
    expect(today.map(({ opensAt }) => opensAt?.slice(11, 16))).toEqual(['13:30', '14:30', '15:30']);
    market.setClock(evening);
    await run({ symbols: ['AAPL'] });
    expect((await read('AAPL', '1h')).filter(({ session }) => session === '2024-06-11')).toHaveLength(7);
  });

  test('that an illiquid symbol lacks are absences once their day is over', async () => {
    const illiquid = source.instruments.filter((one) => one.illiquid && one.delistedOn === null);
    await run({ symbols: illiquid.slice(0, 3).map(({ symbol }) => symbol) });
    const absent = await sql<{ hours: number }>`
      select count(*)::int as hours from market.bar_absences where opens_at is not null and confirmed`.execute(
      store.db,
    );
    expect(absent.rows[0]?.hours).toBeGreaterThan(100);
    const holes = await sql<{ holes: number }>`
      select count(*)::int as holes from (
        select instrument_id, session_date, count(*) as bars from market.intraday_bars
        where session_date between '2024-01-02' and '2024-06-07' group by 1, 2
      ) day join (values ('2024-01-01'::date)) as v on true
      where bars < 7 and bars + (select count(*) from market.bar_absences a where a.instrument_id = day.instrument_id
        and a.session_date = day.session_date and a.opens_at is not null) <> 7`.execute(store.db);
    expect(holes.rows[0]?.holes).toBe(0);
  });
});

describe('a bar that Yahoo corrects', () => {
  test('is one revision, and the next run changes nothing', async () => {
    const days = { interval: '1d', symbols: ['AAPL'], daysBack: 5, reachBackDays: 0 } as const;
    await run(days);
    market.setFaults([{ match: {}, fault: { kind: 'changedBar', session: '2024-06-10', factor: 1.01 } }]);
    market.setClock(nextMorning);
    expect(await run({ ...days, nominalTime: nextMorning })).toMatchObject({ changedRecords: 1 });
    expect(await run({ ...days, nominalTime: nextMorning })).toMatchObject({ changedRecords: 0 });
    const { rows } = await sql`select session_date from market.bar_revisions`.execute(store.db);
    expect(rows).toEqual([{ session_date: '2024-06-10' }]);
  });
});

describe('a provider that refuses', () => {
  test('is asked again after a while: no cell is lost, nobody is called delisted, the ledger says so', async () => {
    market.setFaults([{ match: { endpoint: 'chart' }, times: 12, fault: { kind: 'status', status: 429 } }]);
    expect(await run()).toMatchObject({ successful: 2, failed: 0 });
    const { rows } = await sql<{ waits: number }>`
      select count(*)::int as waits from market.run_events where message like 'yahoo refuses%'`.execute(
      store.db,
    );
    expect(rows[0]?.waits).toBeGreaterThan(0);
    const delisted = await sql`select from market.instruments where symbol = 'AAPL' and not active`.execute(
      store.db,
    );
    expect(delisted.rows).toEqual([]);
  });
});

describe('fundamentals', () => {
  test('are read once a day, zeros kept, and known from the day they were seen', async () => {
    const wish = { symbols: ['AAPL'], includeFundamentals: true, includeKeyStatistics: true };
    await run(wish, 'yahoo-fundamentals');
    const { rows } = await sql<{ statements: number; early: number; zeros: number }>`
      select count(*)::int as statements, count(*) filter (where available_at < period_end)::int as early,
        count(*) filter (where exists (select from jsonb_each_text(figures) where value = '0'))::int as zeros
      from market.fundamentals`.execute(store.db);
    expect(rows[0]?.statements).toBeGreaterThan(5);
    expect(rows[0]?.early).toBe(0);
    expect(rows[0]?.zeros).toBeGreaterThan(0);
    const seen = market.requests().length;
    await run(wish);
    const asked = market
      .requests()
      .slice(seen)
      .map(({ path }) => path.split('/')[1]);
    expect(asked.every((part) => part === 'v8')).toBe(true);
    expect(await sql`select from market.key_statistics`.execute(store.db)).toMatchObject({ rows: [{}] });
  });
});

describe('the watchlist', () => {
  test('is what a run without symbols is for', async () => {
    await setListed(store.db, 'watchlist', await idOf('AAPL'), true);
    const { symbols: _symbols, ...universe } = request({
      interval: '1d',
    });
    const { summary } = await worker.run('yahoo-market-data-hourly', universe);
    expect(summary).toMatchObject({ totalSymbols: 1, successful: 1 });
    expect(summary.totalRecords).toBeGreaterThan(500);
  });
});

test('adjusted closes of the market step by the dividends that it tells, and no others', async () => {
  market.setClock(nextMorning);
  const symbols = ['AAPL', 'MSFT', 'KO', 'JNJ'];
  const days = { interval: '1d', symbols, startDate: '2021-01-04', endDate: '2024-06-11' } as const;
  await run({ ...days, nominalTime: nextMorning });
  const ids = await Promise.all(symbols.map(idOf));
  const steps = await storedSteps(store.db, 'yahoo', ids);
  expect([...steps.values()].flatMap((one) => one.steps).length).toBeGreaterThan(10);
  const range = { from: days.startDate, to: days.endDate };
  await validateBatch(store, { runId: randomUUID(), range, checks: ['adjusted_close'] }, ids);
  const found = await readFindings(store.db, { instrumentIds: ids, severity: null, status: null });
  expect(found.filter(({ rule }) => rule === 'adjusted_close')).toEqual([]);
});

describe('a symbol that nothing is known of yet', () => {
  test('is watched by what Yahoo says of it, and one that Yahoo does not know is refused', async () => {
    const elsewhere = await freshDatabase();
    const alone = await startTestWorker({ store: elsewhere, baseUrl: market.url });
    try {
      const wish = { symbols: ['MSFT', 'NOSUCH'], seconds: 1, source: 'yahoo' };
      expect(await alone.execute('watchSymbols', [wish])).toEqual([
        { symbol: 'MSFT', error: null },
        { symbol: 'NOSUCH', error: expect.stringContaining('NOSUCH') as string },
      ]);
      const days = request({ interval: '1d', symbols: ['MSFT', 'NOSUCH'], daysBack: 5, reachBackDays: 0 });
      const { summary } = await alone.run('yahoo-market-data-hourly', days);
      expect(summary).toMatchObject({ totalSymbols: 2, successful: 1, failed: 1 });
      expect(summary.failedSymbols).toEqual([
        { symbol: 'NOSUCH', error: expect.stringContaining('SymbolNotFound') as string },
      ]);
    } finally {
      await alone.stop();
      await elsewhere.close();
    }
  });
});
