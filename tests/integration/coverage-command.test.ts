import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessionDatesBetween } from '../../src/calendar/exchange-calendar.ts';
import { gapReasons, type CellCounts } from '../../src/domain/gap.ts';
import { runCommand } from '../support/command-in-process.ts';
import { coveredMarket } from '../support/covered-market.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

const home = mkdtempSync(path.join(tmpdir(), 'barwright-home-'));
const january = sessionDatesBetween({ from: '2024-01-02', to: '2024-01-31' });
const range = ['--from', '2024-01-02', '--to', '2024-01-31'];
let store: TestDatabase;
let empty: TestDatabase;

beforeAll(async () => {
  [store, empty] = [await freshDatabase(), await freshDatabase()];
  const market = coveredMarket(store);
  const but = (...without: readonly string[]) => january.filter((session) => !without.includes(session));
  await market.bars(await market.instrument('FULL'), january);
  const holes = await market.instrument('HOLES', { watched: true });
  await market.bars(
    holes,
    but('2024-01-10', '2024-01-17', '2024-01-18', '2024-01-23', '2024-01-25', '2024-01-26'),
  );
  await market.bars(holes, ['2024-01-17'], { source: 'yahoo' });
  await market.refused(holes, '2024-01-23');
  // Of the first hole a row was refused once, and settled since.
  await market.refused(holes, '2024-01-10');
  await sql`update market.rejected_rows set settled_at = now(), settled_as = 'repaired'
    where session_date = '2024-01-10'`.execute(store.db);
  await market.absent(holes, ['2024-01-25']);
  const doubtful = await market.instrument('DOUBTFUL');
  await market.bars(doubtful, but('2024-01-10', '2024-01-11'));
  await market.absent(doubtful, ['2024-01-10', '2024-01-11']);
  await market.bars(doubtful, ['2024-01-11'], { source: 'yahoo' });
  await market.absent(holes, ['2024-01-26'], { confirmed: false });
  await market.bars(await market.instrument('LATE', { listedOn: '2024-01-16' }), january.slice(9, -1));
  await market.absent(await market.instrument('NEW', { listedOn: '2024-01-30' }), january.slice(0, 19), {
    reason: 'not_listed',
  });
  await market.bars(await market.instrument('MOVING'), january, { settled: false });
});
afterAll(async () => {
  await store.close();
  await empty.close();
  rmSync(home, { recursive: true });
});

const on = (database: TestDatabase, ...args: readonly string[]) =>
  runCommand({ BARWRIGHT_HOME: home, DATABASE_URL: database.url, MARKET: 'simulated' }, 'coverage', ...args);
const run = (...args: readonly string[]) => on(store, ...args);

interface Shown {
  readonly cells: CellCounts;
  readonly symbols: readonly {
    readonly symbol: string;
    readonly source: string;
    readonly interval: string;
    readonly gaps: readonly { readonly from: string; readonly to: string; readonly reason: string }[];
  }[];
}

async function shown(...args: readonly string[]): Promise<Shown & { readonly code: number | null }> {
  const { stdout, stderr, code } = await run(...args, '--json');
  expect(stderr).toBe('');
  const { market, ...document } = JSON.parse(stdout) as Shown & { readonly market: string };
  expect(market).toBe('SIMULATED');
  return { ...document, code };
}

async function gapsOf(symbol: string, ...args: readonly string[]): Promise<readonly string[]> {
  const { symbols } = await shown('--symbols', symbol, '--source', 'polygon', ...range, ...args);
  return symbols.flatMap(({ gaps }) => gaps.map(({ from, to, reason }) => `${from} ${to} ${reason}`));
}

test('each hole has its reason, and sessions running of one reason are one gap', async () => {
  expect(await gapsOf('HOLES')).toEqual([
    '2024-01-10 2024-01-10 provider_fault',
    '2024-01-17 2024-01-17 provider_fault',
    '2024-01-18 2024-01-18 never_asked',
    '2024-01-23 2024-01-23 quarantined',
    '2024-01-25 2024-01-25 no_trade',
    '2024-01-26 2024-01-26 provider_fault',
  ]);
  expect(await gapsOf('DOUBTFUL')).toEqual([
    '2024-01-10 2024-01-10 no_trade',
    '2024-01-11 2024-01-11 provider_fault',
  ]);
  expect(await gapsOf('LATE')).toEqual([
    '2024-01-02 2024-01-12 never_asked',
    '2024-01-31 2024-01-31 never_asked',
  ]);
  expect(await gapsOf('NEW')).toEqual([
    '2024-01-02 2024-01-29 not_listed',
    '2024-01-30 2024-01-31 never_asked',
  ]);
});

test('all cells are one of the kinds, and a document has no more than them', async () => {
  const { cells, symbols } = await shown(...range, '--source', 'polygon');
  const { expected, ...kinds } = cells;
  expect(Object.keys(kinds).sort()).toEqual(['settled', 'provisional', ...gapReasons].sort());
  expect(Object.values(kinds).reduce((sum, count) => sum + count, 0)).toBe(expected);
  expect(expected).toBe(6 * january.length);
  expect(kinds).toMatchObject({ provisional: january.length, no_trade: 2, quarantined: 1, not_listed: 19 });
  expect(symbols.map(({ symbol }) => symbol)).toEqual(['DOUBTFUL', 'FULL', 'HOLES', 'LATE', 'MOVING', 'NEW']);
  expect(Object.keys(symbols[0] ?? {})).toEqual(['symbol', 'source', 'interval', 'gaps']);
});

test('what asking may help is exit code 1, what has its reason is not', async () => {
  expect((await shown('--symbols', 'HOLES', ...range)).code).toBe(1);
  expect((await shown('--symbols', 'FULL', ...range)).code).toBe(0);
  const hole = ['--from', '2024-01-25', '--to', '2024-01-25', '--source', 'polygon'];
  expect((await shown('--symbols', 'HOLES', ...hole)).code).toBe(0);
});

test('a session to come is not yet there, and is nobody to be asked for', async () => {
  const { cells, code } = await shown('--symbols', 'FULL', '--from', '2199-01-02', '--to', '2199-01-04');
  expect([cells.not_yet, cells.expected, code]).toEqual([3, 3, 0]);
});

test('a source is looked over for those whom its runs bring: the watchlist, or whom it has', async () => {
  const { symbols } = await shown(...range);
  const asked = symbols.map(({ symbol, source }) => `${symbol} ${source}`);
  expect(asked.filter((series) => series.endsWith('yahoo'))).toEqual(['HOLES yahoo']);
  const named = await shown('--symbols', 'FULL,HOLES', ...range);
  const series = named.symbols.map(({ symbol, source }) => `${symbol} ${source}`);
  expect(series).toEqual(['FULL polygon', 'HOLES polygon', 'HOLES yahoo']);
});

test('hours are of the source that has them', async () => {
  const { symbols } = await shown('--interval', '1h', ...range);
  expect(symbols.map(({ symbol, source, interval, gaps }) => [symbol, source, interval, gaps])).toEqual([
    [
      'HOLES',
      'yahoo',
      '1h',
      [{ from: '2024-01-02', to: '2024-01-31', reason: expect.any(String) as unknown }],
    ],
  ]);
});

test('without a range it goes from the first stored session to the last closed one', async () => {
  const { symbols } = await shown('--symbols', 'FULL', '--source', 'polygon');
  expect(symbols[0]?.gaps[0]?.from).toBe('2024-02-01');
});

test('an empty store has nothing to cover', async () => {
  const { stdout, code } = await on(empty, '--json');
  const document = JSON.parse(stdout) as Shown;
  expect([document.cells.expected, document.symbols, code]).toEqual([0, [], 0]);
  expect((await on(empty)).stdout).toContain('no cells to cover');
});

test.each([
  [['--symbols', 'NOSUCH'], 'no instrument NOSUCH'],
  [['--symbols', 'A B'], 'malformed'],
  [['--from', '2024-01-02'], '--to is missing'],
  [['--end-date', '2024-01-02'], '--start-date is missing'],
  [['--from', '2024-01-31', '--to', '2024-01-02'], 'the range is reversed'],
  [['--from', '2024-02-30', '--to', '2024-03-01'], 'is not a calendar date'],
  [['--from', '1950-01-02', '--to', '1950-01-05'], '1950'],
  [['--source', 'reuters'], '--source "reuters"'],
  [['--interval', '5m'], '--interval "5m"'],
  [['--source', 'polygon', '--interval', '1h'], 'polygon has no bars of 1h'],
  [['--columns', 'colour'], 'no column "colour"'],
])('%j is refused: %s', async (args, message) => {
  const { stdout, stderr, code } = await run(...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});

test.each([[range], [[...range, '--symbols', 'HOLES,LATE']], [[...range, '--wide']]])(
  'a person reads it in 80 columns: %j',
  async (args) => {
    const { stdout, code } = await run(...args);
    expect(code).toBe(1);
    const lines = stdout.split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines[0]).toMatch(/asking may help \d+ of \d+ cells/);
    expect(stdout).toMatch(/HOLES +polygon/);
  },
);
