import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { coverageStamps, readCoverageMasks, type MonthsQuery } from '../../src/store/coverage-masks.ts';
import type { CoverageMasks } from '../../src/store/decode-masks.ts';
import { migrate, released } from '../../src/store/migrate.ts';
import { transaction } from '../../src/store/transaction.ts';
import { runCommand } from '../support/command-in-process.ts';
import { coverageOperation } from '../support/coverage-operations.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { write } from '../support/known-operation.ts';
import { recomputedCoverage, storedCoverage } from '../support/recomputed-coverage.ts';
import { storedSeries } from '../support/stored-series.ts';

const home = mkdtempSync(path.join(tmpdir(), 'barwright-home-'));
let store: TestDatabase;
let ids: readonly number[];

beforeAll(async () => {
  store = await freshDatabase();
  const series = await storedSeries(store);
  ids = await Promise.all(['ONE', 'TWO', 'THREE', 'FOUR'].map((symbol) => series.instrument(symbol)));
});
afterAll(async () => {
  await store.close();
  rmSync(home, { recursive: true });
});

const months = { source: 'polygon', interval: '1d', from: '2023-12-01', to: '2024-02-01' } as const;
const read = (query: MonthsQuery = months) => transaction(store, (tx) => readCoverageMasks(tx, query));
const stampsOf = ({ months: names, stamps }: CoverageMasks) =>
  new Map(names.map((month, at) => [month, stamps[at]]));

/** As `storedCoverage` has them. */
function textsOf(masks: CoverageMasks): readonly string[] {
  const texts = masks.months.flatMap((month, at) =>
    Array.from(masks.instrumentIds, (id, place) => {
      const own = (['settled', 'provisional', 'absent'] as const).map(
        (kind) => masks[kind][at]?.[place] ?? NaN,
      );
      return own.every((mask) => mask === 0)
        ? []
        : [['polygon', '1d', id, month.slice(0, 7), ...own.map((mask) => mask.toString(2))].join(' ')];
    }).flat(),
  );
  return texts.sort();
}

test('what is read is what is stored, and of what has changed since, the months', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(coverageOperation, { minLength: 1, maxLength: 4 }), async (operations) => {
      const before = await read();
      await write(store, ids, operations);
      const after = await read();
      const stored = (await storedCoverage(store)).filter((text) => text.startsWith('polygon 1d '));
      expect(textsOf(after)).toEqual(stored);
      expect([...after.instrumentIds]).toEqual([...after.instrumentIds].sort((a, b) => a - b));
      const [old, now] = [stampsOf(before), stampsOf(after)];
      const stamps = await coverageStamps(store.db, months);
      for (const [month, stamp] of now) expect(stamps.get(month)).toBe(stamp);
      const of = (masks: CoverageMasks, month: string) =>
        textsOf(masks).filter((text) => text.split(' ')[3] === month.slice(0, 7));
      for (const [month, stamp] of now)
        if (old.get(month) === stamp) expect(of(after, month)).toEqual(of(before, month));
    }),
    { numRuns: 25, endOnFailure: true },
  );
});

test('prices alone leave a month as it was stamped, and a change in one month the others', async () => {
  const [id = NaN] = ids;
  await sql`insert into market.daily_bars (instrument_id, source, session_date, open, high, low, close, volume, settled,
      endpoint, run_id, observed_at)
    select ${id}, 'polygon', day, 1, 1, 1, 1, 1, true, 'series', gen_random_uuid(), now()
    from unnest('{2020-01-31,2020-02-28}'::date[]) day`.execute(store.db);
  const of = { ...months, from: '2020-01-01', to: '2020-12-01' } as const;
  const before = await coverageStamps(store.db, of);
  expect([...before.keys()]).toEqual(['2020-01-01', '2020-02-01']);
  await sql`update market.daily_bars set close = 2 where instrument_id = ${id} and source = 'polygon'`.execute(
    store.db,
  );
  expect(await coverageStamps(store.db, of)).toEqual(before);
  await sql`update market.daily_bars set settled = false
    where instrument_id = ${id} and session_date = '2020-01-31'`.execute(store.db);
  const after = await coverageStamps(store.db, of);
  expect(after.get('2020-02-01')).toBe(before.get('2020-02-01'));
  expect(after.get('2020-01-01')).not.toBe(before.get('2020-01-01'));
  const masks = await transaction(store, (tx) => readCoverageMasks(tx, of));
  expect(masks).toEqual({
    months: ['2020-01-01', '2020-02-01'],
    stamps: [...after.values()],
    instrumentIds: Int32Array.of(id),
    settled: [Uint32Array.of(0), Uint32Array.of(1 << 27)],
    provisional: [Uint32Array.of(1 << 30), Uint32Array.of(0)],
    absent: [Uint32Array.of(0), Uint32Array.of(0)],
  });
});

test('of months of which nothing is stored there is nothing', async () => {
  const masks = await read({ ...months, from: '1999-01-01', to: '1999-12-01' });
  expect(masks).toEqual({
    ...{ months: [], stamps: [], instrumentIds: new Int32Array() },
    ...{ settled: [], provisional: [], absent: [] },
  });
});

test('a migration fills the masks from what was stored before there were any', async () => {
  const old = await freshDatabase({ template: 'template1' });
  const { '0012-coverage': last, ...before } = released;
  expect(last).toBeDefined();
  await migrate(old.db, before);
  await sql`insert into market.instruments (symbol, active) values ('OLD', true)`.execute(old.db);
  await sql`insert into market.daily_bars (instrument_id, source, session_date, open, high, low, close, volume, settled,
      endpoint, run_id, observed_at)
    select 1, source, day, 1, 1, 1, 1, 1, day < '2024-02-10', 'series', gen_random_uuid(), now()
    from unnest('{polygon,yahoo}'::text[]) source,
      unnest('{1962-01-02,1999-12-31,2024-01-31,2024-02-09,2024-02-12}'::date[]) day`.execute(old.db);
  await sql`insert into market.bar_absences (instrument_id, source, interval, session_date, last_session, reason,
      confirmed, run_id, observed_at)
    values (1, 'polygon', '1d', '2023-11-15', '2024-01-30', 'not_listed', true, gen_random_uuid(), now()),
      (1, 'polygon', '1d', '2024-02-13', '2024-02-14', 'no_trade', false, gen_random_uuid(), now())`.execute(
    old.db,
  );
  expect(await migrate(old.db)).toContain('0012-coverage');
  const stored = await storedCoverage(old);
  expect(stored).toEqual(await recomputedCoverage(old));
  expect(stored).toHaveLength(10);
  await old.close();
});

test('rebuild-coverage says how many months differed, and a second time none', async () => {
  const environment = { BARWRIGHT_HOME: home, DATABASE_URL: store.url, MARKET: 'simulated' };
  const rebuild = (...args: readonly string[]) => runCommand(environment, 'db', 'rebuild-coverage', ...args);
  await rebuild();
  await sql`update market.coverage_months set settled = 0, provisional = 0, absent = 1
    where source = 'polygon' and month in ('2020-01-01', '2020-02-01')`.execute(store.db);
  const mended = await rebuild('--json');
  expect(mended).toMatchObject({ code: 0, stderr: '' });
  const { months: all, ...rest } = JSON.parse(mended.stdout) as { readonly months: number };
  expect(rest).toEqual({ differed: 2, market: 'SIMULATED' });
  expect(await rebuild()).toMatchObject({
    code: 0,
    stderr: `0 of ${all} months differed from what is stored\n`,
  });
  expect(await storedCoverage(store)).toEqual(await recomputedCoverage(store));
});
