import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SyncOutcome, WatchOutcome } from '../../activities/reference.ts';
import { readUniverse, readWatched, resolveSymbols } from '../../src/store/instruments.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { startTestMarket, type TestMarket } from '../support/test-market.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

const clock = '2024-06-13T16:00:00Z';
let store: TestDatabase;
let market: TestMarket;
let worker: TestWorker;

beforeAll(async () => {
  store = await freshDatabase();
  market = await startTestMarket({ clock, symbols: 1500 });
  worker = await startTestWorker({ store, baseUrl: market.url });
});
afterAll(async () => {
  await worker.stop();
  await market.close();
  await store.close();
});

test('watching looks up what is not known, each as the provider writes it', async () => {
  const outcomes = await worker.execute<readonly WatchOutcome[]>(
    'watchSymbols',
    [{ symbols: ['CpK', 'aapl', 'NOSUCH'], seconds: 1 }],
    'watch-symbols',
  );
  expect(outcomes).toEqual([
    { symbol: 'CpK', error: null },
    { symbol: 'aapl', error: null },
    { symbol: 'NOSUCH', error: 'the provider does not know the symbol NOSUCH' },
  ]);
  const universe = async () => (await readUniverse(store.db, null)).map(({ symbol }) => symbol);
  expect((await readWatched(store.db)).map(({ symbol }) => symbol)).toEqual(['AAPL', 'CpK']);
  expect(await universe()).toEqual(['AAPL']);
  await worker.execute('watchSymbols', [{ symbols: ['CpK'], seconds: 1, list: 'universe' }]);
  expect(await universe()).toEqual(['AAPL', 'CpK']);
});

test('a sync reads every page, the delisted too, and a second one adds nothing', async () => {
  const first = await worker.execute<SyncOutcome>('syncUniverse', [], 'sync-universe');
  expect(first.instruments).toBeGreaterThanOrEqual(1490);
  const again = await worker.execute<SyncOutcome>('syncUniverse', []);
  expect(again).toEqual({ instruments: first.instruments, added: 0, retired: 0 });
  const { rows } = await sql<{ delisted: number }>`select count(*)::int as delisted from market.instruments
    where not active and delisted_on is not null`.execute(store.db);
  expect(rows[0]?.delisted).toBeGreaterThan(0);
});

test('a backfill without symbols takes who was listed then, the delisted too', async () => {
  const { rows } = await sql<{
    symbol: string;
    delisted_on: string;
  }>`select symbol, delisted_on from market.instruments
    where delisted_on > '2015-01-01' and type in ('CS', 'ETF', 'ADRC') order by delisted_on limit 1`.execute(
    store.db,
  );
  const [gone] = rows;
  if (gone === undefined) throw new Error('the market has nobody who left it');
  const range = { from: gone.delisted_on.slice(0, 8) + '01', to: gone.delisted_on };
  const { summary } = await worker.run('polygon-historical-backfill', {
    nominalTime: clock,
    startDate: range.from,
    endDate: range.to,
    maxSymbols: 2000,
  });
  expect(summary.totalSymbols).toBeGreaterThan(1000);
  expect(summary.failed).toBe(0);
  const known = (await resolveSymbols(store.db, [gone.symbol])).get(gone.symbol);
  expect(known).toMatchObject({ kind: 'found', instrument: { active: false } });
});
