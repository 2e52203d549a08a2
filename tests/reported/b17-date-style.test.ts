import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openStore, type Store } from '../../src/store/database.ts';
import { copyOut } from '../../src/store/copy.ts';
import { migrate } from '../../src/store/migrate.ts';
import { transaction } from '../../src/store/transaction.ts';
import { freshDatabase } from '../support/database.ts';
import { quiet, rowsOf, ticker } from '../support/scripted-market.ts';
import { scriptedCase } from '../support/scripted-case.ts';

const range = { from: '2024-05-20', to: '2024-05-31' };

const strange = (style: string, zone: string, intervals: string) => [
  `datestyle = '${style}'`,
  `timezone = '${zone}'`,
  `intervalstyle = '${intervals}'`,
  'extra_float_digits = 0',
  'bytea_output = escape',
  'standard_conforming_strings = off',
  'escape_string_warning = off',
  'array_nulls = off',
  `default_transaction_isolation = 'serializable'`,
];

test('a server with strange settings is migrated as any other', async () => {
  const settings = strange('German', 'Pacific/Kiritimati', 'sql_standard');
  const [store, usual] = [await freshDatabase({ settings, template: 'template1' }), await freshDatabase()];
  await migrate(store.db);
  const shape = async ({ db }: Store) => {
    const { rows } = await sql<{ line: string }>`
      select concat_ws(' ', table_name, column_name, data_type, column_default) as line
      from information_schema.columns where table_schema = 'market'
      union all select pg_get_constraintdef(oid) || conrelid::regclass from pg_constraint
      union all select pg_get_expr(relpartbound, oid) || relname from pg_class where relispartition
      order by 1`.execute(db);
    return rows.map(({ line }) => line);
  };
  expect(await shape(store)).toEqual(await shape(usual));
  await Promise.all([store.close(), usual.close()]);
});

test.each([
  ['ISO, MDY', 'UTC', 'postgres'],
  ['ISO, YMD', 'UTC', 'iso_8601'],
  ['ISO, DMY', 'Asia/Kolkata', 'postgres'],
  ['SQL, DMY', 'Pacific/Honolulu', 'sql_standard'],
  ['SQL, MDY', 'Pacific/Kiritimati', 'postgres_verbose'],
  ['German', 'Europe/Berlin', 'postgres_verbose'],
  ['Postgres, MDY', 'America/New_York', 'iso_8601'],
  ['Postgres, DMY', 'Australia/Lord_Howe', 'sql_standard'],
])('a server that writes %s in the zone %s is read as any other', async (style, zone, intervals) => {
  const store = await freshDatabase({ settings: strange(style, zone, intervals) });
  // A close with more digits than 15.
  const bars = { AAPL: rowsOf(range.from, range.to, (_, index) => quiet(100.1 + index + 1 / 3)) };
  const polygon = { tickers: [ticker('AAPL', { list_date: '1980-12-12' })], bars };
  const lab = await scriptedCase({ now: '2024-06-03T22:00:00Z', polygon }, { store });
  const { runId } = await lab.run('polygon-historical-backfill', {
    startDate: range.from,
    endDate: range.to,
    symbols: ['AAPL'],
  });
  expect(await lab.loads(runId)).toEqual([{ symbol: 'AAPL', status: 'success', records: 9, error: null }]);
  const stored = await lab.bars('AAPL', range);
  expect(stored.map(({ session, close }) => [session, close])).toEqual(bars.AAPL.map(({ d, c }) => [d, c]));
  expect(stored[0]?.observedAt).toBe('2024-06-03T22:00:00.000Z');
  const again = await lab.run('polygon-daily-ingestion', {
    daysBack: 14,
    incremental: true,
    symbols: ['AAPL'],
  });
  expect(again.summary).toMatchObject({ failed: 0, changedRecords: 0 });
});

test('every session of a pool has these settings, in transactions and COPY too, and after a reset', async () => {
  const store = await freshDatabase({
    settings: [`datestyle = 'German'`, 'extra_float_digits = 0', `timezone = 'Asia/Tokyo'`],
  });
  const shown = sql<{ text: string }>`select concat_ws('|', date '2024-05-03', 0.1::float8 + 0.2::float8,
    timestamptz '2024-05-03 12:00:00+00', current_setting('datestyle')) as text`;
  const right = '2024-05-03|0.30000000000000004|2024-05-03 12:00:00+00|ISO, YMD';
  const many = await Promise.all(Array.from({ length: 8 }, () => shown.execute(store.db)));
  for (const { rows } of many) expect(rows).toEqual([{ text: right }]);
  const copied = await transaction(store, async (tx) => {
    await sql`reset all`.execute(tx);
    return copyOut(tx, sql`select (date '2024-05-03')::text`);
  });
  expect(Buffer.from(copied).includes('2024-05-03')).toBe(true);
  await store.close();
});

test('options of the URL hold beside ours, but not against them', async () => {
  const store = await freshDatabase();
  await store.close();
  const url = new URL(store.url);
  url.searchParams.set('options', '-c DateStyle=German -c work_mem=5MB');
  const own = openStore(url.href, { name: `test ${randomUUID()}` });
  const { rows } = await sql<{ style: string; memory: string }>`
    select current_setting('datestyle') as style, current_setting('work_mem') as memory`.execute(own.db);
  expect(rows).toEqual([{ style: 'ISO, YMD', memory: '5MB' }]);
  await own.close();
});
