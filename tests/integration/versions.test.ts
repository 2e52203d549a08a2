import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays } from '../../src/domain/date-range.ts';
import {
  latestStatements,
  readKeyStatistics,
  writeFundamentals,
  writeKeyStatistics,
} from '../../src/store/fundamentals.ts';
import { takeInstant } from '../../src/store/as-of.ts';
import { markBasis, withholdSeries } from '../../src/store/split-basis.ts';
import { transaction } from '../../src/store/transaction.ts';
import { writeBars } from '../../src/store/write-bars.ts';
import { incomingBars, type IncomingBar } from '../support/bar-rows.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { storedSeries, type StoredSeries } from '../support/stored-series.ts';

let store: TestDatabase;
let series: StoredSeries;
const runId = randomUUID();

beforeAll(async () => {
  store = await freshDatabase();
  series = await storedSeries(store, 'yahoo');
});
afterAll(() => store.close());

const evening = '2024-01-02T23:00:00.000Z';
const morning = '2024-01-03T16:30:00.000Z';

const bar = (instrumentId: number, session: string, over: Partial<IncomingBar> = {}): IncomingBar => ({
  ...{ instrumentId, session, open: 10, high: 11, low: 9, close: 10, volume: 100, vwap: null, trades: null },
  ...{ settled: false, endpoint: 'series', observedAt: evening, splitBasis: '2024-01-02', ...over },
});

async function write(bars: readonly IncomingBar[]): Promise<void> {
  await transaction(store, async (tx) => {
    await writeBars(tx, { source: 'yahoo', interval: '1d', runId }, incomingBars(bars));
  });
}

const countOf = async (table: string, id: number) => {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from ${sql.table(`market.${table}`)} where instrument_id = ${id}`.execute(
    store.db,
  );
  return rows[0]?.count;
};

test('settling 10,000 bars adds no row, and leaves them as they were read in the evening', async () => {
  const id = await series.instrument('SETTLED');
  const days = Array.from({ length: 10_000 }, (_, day) => addDays('1995-01-01', day));
  await write(days.map((day) => bar(id, day)));
  const known = await takeInstant(store.db);
  await write(
    days.map((day) => bar(id, day, { settled: true, observedAt: morning, splitBasis: '2024-01-03' })),
  );
  expect(await countOf('daily_bar_versions', id)).toBe(0);
  expect(await countOf('bar_revisions', id)).toBe(0);
  const { rows } = await sql`
    select count(*)::int as count, bool_and(settled) as settled, bool_and(settled_at > ${known}::timestamptz) as later,
      bool_and(known_from <= ${known}::timestamptz) as known, min(observed_at) as first, max(observed_at) as last
    from market.daily_bars where instrument_id = ${id}`.execute(store.db);
  const times = { first: new Date(evening), last: new Date(evening) };
  expect(rows).toEqual([{ count: 10_000, settled: true, later: true, known: true, ...times }]);
});

test('three values within one second of the source are three versions and two revisions', async () => {
  const id = await series.instrument('SECOND');
  for (const close of [10, 10.25, 10.5]) await write([bar(id, '2024-01-02', { close })]);
  const { rows } = await sql<{ close: number }>`
    select close from market.daily_bar_history where instrument_id = ${id} order by known_from`.execute(
    store.db,
  );
  expect(rows.map(({ close }) => close)).toEqual([10, 10.25, 10.5]);
  expect(await countOf('bar_revisions', id)).toBe(2);
});

test('another basis is a version and no revision, whoever says it', async () => {
  const id = await series.instrument('BASIS');
  await write([bar(id, '2024-01-02')]);
  const of = { instrumentId: id, source: 'yahoo', interval: '1d' } as const;
  await markBasis(
    store.db,
    { ...of, sessions: ['2024-01-02'], before: null, exDate: '2024-01-03' },
    '2024-01-01',
  );
  await withholdSeries(store.db, of);
  await series.split(id, '2024-01-03', 2);
  const halved = { open: 5, high: 5.5, low: 4.5, close: 5, volume: 200, splitBasis: '2024-01-03' };
  await write([bar(id, '2024-01-02', { ...halved, observedAt: morning })]);
  const { rows } = await sql<{ basis: string }>`
    select split_basis as basis from market.daily_bar_history where instrument_id = ${id} order by known_from`.execute(
    store.db,
  );
  expect(rows.map(({ basis }) => basis)).toEqual(['2024-01-02', '2024-01-01', '9999-12-31', '2024-01-03']);
  expect(await countOf('bar_revisions', id)).toBe(0);
});

test('a restated figure is known from when it was restated, the first one until then', async () => {
  const instrumentId = await series.instrument('RESTATED');
  const restate = async (revenue: number, observedAt: string) => {
    const origin = { instrumentId, source: 'yahoo' as const, runId, observedAt };
    const values = { TotalRevenue: revenue };
    await writeFundamentals(store.db, origin, [
      { statement: 'financials', frequency: 'annual', periodEnd: '2022-12-31', currency: 'USD', values },
    ]);
    await writeKeyStatistics(store.db, origin, { summaryDetail: { marketCap: revenue } });
    return takeInstant(store.db);
  };
  const first = await restate(1, '2023-02-01T12:00:00.000Z');
  await restate(2, '2023-08-01T12:00:00.000Z');
  expect(await latestStatements(store.db, instrumentId)).toMatchObject([
    { values: { TotalRevenue: 2 }, availableAt: new Date('2023-08-01T12:00:00Z') },
  ]);
  expect(await latestStatements(store.db, instrumentId, first)).toMatchObject([
    { values: { TotalRevenue: 1 }, availableAt: new Date('2023-02-01T12:00:00Z') },
  ]);
  expect(await readKeyStatistics(store.db, instrumentId, first)).toMatchObject({
    values: { summaryDetail: { marketCap: 1 } },
  });
});

test('of two writers who wait for each other neither loses what the other wrote', async () => {
  const id = await series.instrument('WAITED');
  await write([bar(id, '2024-01-02')]);
  const [one, other] = [await store.connect(), await store.connect()];
  const set = (close: number) => `update market.daily_bars set close = ${close} where instrument_id = ${id}`;
  // The first has its instant before the second, and writes after it.
  await one.query('begin');
  await one.query('select market.stamp()');
  await other.query('begin');
  await other.query(set(20));
  const waiting = one.query(set(30));
  await other.query('commit');
  await waiting;
  await one.query('commit');
  one.release();
  other.release();
  const { rows } = await sql<{ close: number; empty: boolean }>`
    select close, known_until <= known_from as empty from market.daily_bar_history
    where instrument_id = ${id} order by known_from`.execute(store.db);
  expect(rows.map(({ close }) => close)).toEqual([10, 20, 30]);
  expect(rows.some(({ empty }) => empty)).toBe(false);
});
