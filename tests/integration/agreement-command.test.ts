import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { validateBatch } from '../../src/pipelines/quality/validate-batch.ts';
import { runCommand } from '../support/command-in-process.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { generatedSeries, liquid } from '../support/generated-series.ts';
import { storedSeries, type DatedBar } from '../support/stored-series.ts';

const home = mkdtempSync(path.join(tmpdir(), 'barwright-home-'));
const dates = sessionsBetween({ from: '2023-09-01', to: '2024-01-31' }).map(({ session }) => session);
const bad = dates.at(-3) ?? '';
let store: TestDatabase;
let one = 0;

beforeAll(async () => {
  store = await freshDatabase();
  const [polygon, yahoo] = [await storedSeries(store), await storedSeries(store, 'yahoo')];
  one = await polygon.instrument('ONE');
  const { open, high, low, close, volume } = generatedSeries(3, { ...liquid, bars: dates.length });
  const bars = (closeOf: (date: string, value: number) => number) =>
    dates.map((date, row): DatedBar => {
      const [o = 1, h = 1, l = 1, c = 1, v = 1] = [open, high, low, close, volume].map(
        (column) => column[row],
      );
      return [date, [o, h, l, closeOf(date, c), v]];
    });
  await polygon.write(
    one,
    bars((_, value) => value),
  );
  await yahoo.write(
    one,
    bars((date, value) => (date === bad ? value * 1.002 : value)),
  );
});
afterAll(async () => {
  await store.close();
  rmSync(home, { recursive: true });
});

const run = (...args: readonly string[]) =>
  runCommand(
    { BARWRIGHT_HOME: home, DATABASE_URL: store.url, MARKET: 'simulated' },
    'quality',
    'agreement',
    ...args,
  );
const json = async (...args: readonly string[]) =>
  JSON.parse((await run(...args, '--json')).stdout) as { readonly agreement: readonly object[] };

test('before anything is compared there is nothing to tell', async () => {
  expect((await json()).agreement).toEqual([]);
});

test('says by month and field how many cells two sources tell alike, in 80 columns', async () => {
  const range = { from: dates[0] ?? '', to: dates.at(-1) ?? '' };
  for (let times = 0; times < 2; times += 1)
    await validateBatch(store, { runId: randomUUID(), range, checks: null }, [one]);
  const january = sessionsBetween({ from: '2024-01-01', to: '2024-01-31' }).length;
  const { agreement } = await json('--from', '2024-01-10', '--to', '2024-01-20');
  expect(agreement.length).toBe(5);
  expect(agreement).toContainEqual(
    expect.objectContaining({
      field: 'close',
      within: january - 1,
      beyond: 1,
      share: (january - 1) / january,
    }),
  );
  expect((await json('--symbols', 'ONE')).agreement.length).toBe(25);
  const { stdout } = await run();
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  expect(stdout).toContain('95.2 %');
});

test.each([
  [['--from', '2024-02-30'], 'not a calendar date'],
  [['--from', '2024-03-01', '--to', '2024-01-01'], '--from is after --to'],
  [['--symbols', 'NOBODY'], 'NOBODY'],
])('%j is refused', async (args, message) => {
  const { code, stderr } = await run(...args);
  expect({ code, said: stderr.includes(message) }).toEqual({ code: 2, said: true });
});
