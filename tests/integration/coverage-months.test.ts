import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays, dayNumber } from '../../src/domain/date-range.ts';
import { dailyPartitions } from '../../src/store/bars/daily-partitions.ts';
import { rebuildCoverage } from '../../src/store/rebuild-coverage.ts';
import { transaction } from '../../src/store/transaction.ts';
import { coverageOperation } from '../support/coverage-operations.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { write, type Operation } from '../support/known-operation.ts';
import { operation } from '../support/known-operations.ts';
import { recomputedCoverage, storedCoverage } from '../support/recomputed-coverage.ts';
import { storedSeries, type StoredSeries } from '../support/stored-series.ts';

let store: TestDatabase;
let series: StoredSeries;

beforeAll(async () => {
  store = await freshDatabase();
  series = await storedSeries(store);
});
afterAll(() => store.close());

async function newInstruments(): Promise<readonly number[]> {
  const name = randomUUID().slice(0, 8).toUpperCase();
  return Promise.all(['A', 'B', 'C'].map((letter) => series.instrument(`X${name}${letter}`)));
}

async function expectExact(): Promise<void> {
  expect(await storedCoverage(store)).toEqual(await recomputedCoverage(store));
}

const any = fc.oneof({ weight: 2, arbitrary: coverageOperation }, operation);
const many = fc.array(any, { minLength: 34, maxLength: 34 });

test('after 1,000 operations of three writers the masks are what bars and absences make', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(many, { minLength: 3, maxLength: 3 }), async (writers) => {
      const ids = await newInstruments();
      await Promise.all(writers.map((operations) => write(store, ids, operations)));
      await expectExact();
    }),
    { numRuns: 10, endOnFailure: true },
  );
  expect(await rebuildCoverage(store.db)).toMatchObject({ differed: 0 });
});

/** Does it, and its connection is gone before it could commit. */
const killed = ({ label, act }: Operation): Operation => ({
  label: `killed after ${label}`,
  act: async (tx, ids) => {
    await act(tx, ids);
    await sql`select pg_terminate_backend(pg_backend_pid())`.execute(tx);
  },
});

test('of a transaction whose connection is ended no bit stays', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(coverageOperation, { minLength: 4, maxLength: 4 }), async (operations) => {
      const ids = await newInstruments();
      for (const [at, one] of operations.entries())
        if (at % 2 === 0) await write(store, ids, [one]);
        else await expect(transaction(store, (tx) => killed(one).act(tx, ids))).rejects.toThrow();
      await expectExact();
    }),
    { numRuns: 10, endOnFailure: true },
  );
});

const insert = (client: pg.PoolClient, id: number, session: string) =>
  client.query(
    `insert into market.daily_bars (instrument_id, source, session_date, open, high, low, close, volume, settled,
      endpoint, run_id, observed_at) values ($1, 'polygon', $2, 1, 1, 1, 1, 1, true, 'series', gen_random_uuid(), now())`,
    [id, session],
  );

test('two writers who come to the same months in opposite order both commit, and lose no day', async () => {
  const [one = NaN, other = NaN] = await newInstruments();
  const [first, second] = [await store.connect(), await store.connect()];
  for (const client of [first, second]) await client.query('begin');
  await insert(first, one, '2024-03-04');
  await insert(second, other, '2024-04-05');
  await insert(first, other, '2024-04-04');
  await insert(second, one, '2024-03-05');
  await Promise.all([first.query('commit'), second.query('commit')]);
  for (const client of [first, second]) client.release();
  await expectExact();
});

test('who commits while another holds his months waits for him, and neither loses a day', async () => {
  const [id = NaN] = await newInstruments();
  const [first, second] = [await store.connect(), await store.connect()];
  for (const client of [first, second]) await client.query('begin');
  await insert(first, id, '2024-05-06');
  await insert(second, id, '2024-05-07');
  await first.query('set constraints all immediate');
  const waiting = second.query('commit');
  // It is applied, but not committed yet.
  await expect
    .poll(async () => {
      const { rows } = await sql`select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query = 'commit'`.execute(
        store.db,
      );
      return rows.length;
    })
    .toBe(1);
  await insert(first, id, '2024-05-08');
  await first.query('commit');
  await waiting;
  for (const client of [first, second]) client.release();
  await expectExact();
});

test('a rebuild mends what was damaged, says how many months, and waits for who is about to commit', async () => {
  const [id = NaN] = await newInstruments();
  const client = await store.connect();
  for (const session of ['2022-01-31', '2022-02-28', '2023-06-30']) await insert(client, id, session);
  await sql`update market.coverage_months set settled = 1, absent = 7
    where instrument_id = ${id} and month < '2023-01-01'`.execute(store.db);
  await sql`delete from market.coverage_months where instrument_id = ${id} and month > '2023-01-01'`.execute(
    store.db,
  );
  await sql`insert into market.coverage_months values ('yahoo', '1d', '2021-05-01', ${id}, 0, 3, 0)`.execute(
    store.db,
  );
  await client.query('begin');
  await insert(client, id, '2022-02-25');
  await client.query('set constraints all immediate');
  const rebuilding = rebuildCoverage(store.db);
  await client.query('commit');
  client.release();
  const { months, differed } = await rebuilding;
  expect(differed).toBe(4);
  expect(months).toBeGreaterThanOrEqual(4);
  await expectExact();
  expect(await rebuildCoverage(store.db)).toEqual({ months: months - 1, differed: 0 });
});

test('a table that is emptied as a whole covers nothing, whatever its transaction wrote before', async () => {
  const [id = NaN] = await newInstruments();
  await transaction(store, async (tx) => {
    await insert(tx.client, id, '2024-06-03');
    await sql`set constraints all immediate`.execute(tx);
    await sql`truncate market.daily_bars`.execute(tx);
    await insert(tx.client, id, '2024-06-04');
  });
  await expectExact();
});

test('the program knows each partition of the daily bars, and which days are in it', async () => {
  const { rows } = await sql<{ table: string; first: string | null; end: string | null }>`
    select 'market.' || relname as table, substring(bounds from $$FROM \\('([0-9-]+)$$) as first,
      substring(bounds from $$TO \\('([0-9-]+)$$) as end
    from pg_inherits join pg_class on oid = inhrelid, pg_get_expr(relpartbound, oid) bounds
    where inhparent = 'market.daily_bars'::regclass`.execute(store.db);
  const known = dailyPartitions('1900-01-01', '2199-12-31');
  expect(known.map(({ table }) => table).sort()).toEqual(rows.map(({ table }) => table).sort());
  for (const { table, first, end } of rows) {
    if (first === null || end === null) continue;
    const days = [addDays(first, -1), first, addDays(end, -1), end].map(dayNumber);
    const { holds } = known.find((one) => one.table === table) ?? {};
    expect(days.map((day) => holds?.(day))).toEqual([false, true, true, false]);
    expect(dailyPartitions(first, addDays(end, -1)).map((one) => one.table)).toEqual([table]);
  }
});
