import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { saveInstruments } from '../../src/store/save-instruments.ts';
import { readTerms } from '../../src/store/symbol-history.ts';
import { transaction } from '../../src/store/transaction.ts';
import { runCommand } from '../support/command-in-process.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

const home = mkdtempSync(path.join(tmpdir(), 'barwright-home-'));
let store: TestDatabase;

beforeAll(async () => {
  store = await freshDatabase();
  const known = { type: 'CS', exchange: 'XNYS', currency: 'USD', cik: null };
  const references = [
    {
      ...known,
      symbol: 'META',
      name: 'Meta',
      figi: 'F1',
      active: true,
      listedOn: '2012-05-18',
      delistedOn: null,
    },
    {
      ...known,
      symbol: 'FB',
      name: 'Meta',
      figi: 'F1',
      active: false,
      listedOn: null,
      delistedOn: '2022-06-08',
    },
    { ...known, symbol: 'OTHR', name: 'Other', figi: null, active: true, listedOn: null, delistedOn: null },
  ];
  await transaction(store, (tx) => saveInstruments(tx, references));
});
afterAll(async () => {
  await store.close();
  rmSync(home, { recursive: true });
});
beforeEach(() => sql`delete from market.symbol_history`.execute(store.db));

const run = (...args: readonly string[]) =>
  runCommand({ BARWRIGHT_HOME: home, DATABASE_URL: store.url, MARKET: 'simulated' }, ...args);
const reason = ['--reason', 'the press release of 2022-06-08'];
const link = (earlier = 'FB', later = 'META', on = '2022-06-09') =>
  run('symbols', 'link', earlier, later, '--on', on, ...reason, '--json');

async function idOf(symbol: string): Promise<number> {
  const { rows } = await sql<{
    id: number;
  }>`select id from market.instruments where symbol = ${symbol}`.execute(store.db);
  return rows[0]?.id ?? 0;
}

const known = async () =>
  (await readTerms(store.db, 'polygon')).map(({ instrumentId, ticker, from, to, evidence }) => {
    return { instrumentId, ticker, from, to, evidence };
  });

async function listOf(date: string): Promise<readonly string[]> {
  const { stdout } = await run('symbols', 'list', '--date', date, '--json');
  return (JSON.parse(stdout) as { symbols: { symbol: string }[] }).symbols.map(({ symbol }) => symbol);
}

test('two tickers are linked: each day of the past has its own, with the reason kept', async () => {
  expect(await listOf('2021-01-04')).toEqual(['FB', 'META', 'OTHR']);
  const { code, stdout } = await link();
  expect({ code, said: JSON.parse(stdout) as unknown }).toEqual({
    code: 0,
    said: {
      symbol: 'META',
      tickers: [
        { ticker: 'FB', from: '2012-05-18', to: '2022-06-08' },
        { ticker: 'META', from: '2022-06-09', to: null },
      ],
      moved: 0,
      market: 'SIMULATED',
    },
  });
  const { rows } = await sql`select distinct reason from market.symbol_history`.execute(store.db);
  expect(rows).toEqual([{ reason: reason[1] }]);
  // What was stored under the old ticker as if it were another is no company of its own.
  expect(await listOf('2021-01-04')).toEqual(['FB', 'OTHR']);
  expect(await listOf('2023-01-03')).toEqual(['META', 'OTHR']);
  const terms = await known();
  expect((await link()).code).toBe(0);
  expect(await known()).toEqual(terms);
});

test('they are parted again, and what was known until then is kept', async () => {
  await link();
  const { code } = await run('symbols', 'unlink', 'FB', 'META', ...reason);
  expect(code).toBe(0);
  expect(await known()).toEqual([
    {
      instrumentId: await idOf('FB'),
      ticker: 'FB',
      from: '2012-05-18',
      to: '2022-06-08',
      evidence: 'person',
    },
    { instrumentId: await idOf('META'), ticker: 'META', from: '2022-06-09', to: null, evidence: 'person' },
  ]);
  const { rows } = await sql`select from market.symbol_history where known_until is not null`.execute(
    store.db,
  );
  expect(rows).toHaveLength(1);
  expect((await run('symbols', 'unlink', 'FB', 'META', ...reason)).code).toBe(2);
});

test('bars are of who bore a ticker on a day', async () => {
  await link();
  const range = ['--from', '2022-06-01', '--to', '2022-06-15', '--json'];
  const symbolOf = async (...args: readonly string[]) => {
    const { stdout } = await run('bars', ...args, ...range);
    return (JSON.parse(stdout) as { symbol?: string }).symbol;
  };
  expect(await symbolOf('FB', '--on', '2022-06-08')).toBe('META');
  expect(await symbolOf('OTHR', '--on', '2022-06-08')).toBe('OTHR');
  const nobody = await run('bars', 'FB', '--on', '2023-01-03', ...range);
  expect(nobody.code).toBe(2);
  expect(nobody.stdout).toContain('nobody is known to have borne FB on 2023-01-03');
});

test.each([
  [['FB', 'META', '--on', '2022-02-30', ...reason], 'is not a calendar date'],
  [['FB', 'FB', '--on', '2022-06-09', ...reason], 'are one ticker'],
  [['FB', 'META', '--on', '2022-06-09', '--reason', ' '], '--reason is empty'],
  [['FB', 'NOBODY', '--on', '2022-06-09', ...reason], 'nobody is known to have borne NOBODY'],
  [['FB,X', 'META', '--on', '2022-06-09', ...reason], 'more than one ticker'],
])('a link that cannot be is refused: %j', async (args, message) => {
  const { code, stdout } = await run('symbols', 'link', ...args, '--json');
  expect({ code, stdout }).toEqual({ code: 2, stdout: expect.stringContaining(message) as string });
  expect(await known()).toEqual([]);
});
