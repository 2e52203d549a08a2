import { afterAll, beforeAll, expect, test } from 'vitest';
import { startInstallation, type TestInstallation } from '../support/installation.ts';

let installation: TestInstallation;

beforeAll(async () => {
  installation = await startInstallation({ MARKET: 'simulated' });
  const range = ['--start-date', '2023-01-03', '--end-date', '2024-06-14'];
  const backfill = await installation.run('backfill', '--symbols', 'AAPL,MSFT', ...range, '--json');
  expect(backfill).toMatchObject({ code: 0 });
});
afterAll(() => installation.down());

const calculation = [
  ...['run', 'indicators-daily-calculation', '--symbols', 'AAPL,MSFT', '--data-source', 'polygon'],
  ...['--calculation-date', '2024-06-14', '--days-back', '30'],
];
const shown = ['indicators', 'aapl', '--source', 'polygon', '--from', '2024-06-10', '--to', '2024-06-14'];

test('a run from the command line stores rows that can be read, and a second one changes nothing', async () => {
  const first = await installation.run(...calculation, '--json');
  expect(first).toMatchObject({ code: 0 });
  expect(JSON.parse(first.stdout)).toMatchObject({
    totalSymbols: 2,
    successful: 2,
    failed: 0,
    calculationDate: '2024-06-14',
    market: 'SIMULATED',
  });
  const second = await installation.run(...calculation);
  expect(second).toMatchObject({ code: 0 });
  expect(second.stdout).toContain('up to 2024-06-14');
  const { stdout } = await installation.run(...shown, '--json');
  const { symbol, source, rows } = JSON.parse(stdout) as Record<string, Record<string, unknown>[]>;
  expect([symbol, source]).toEqual(['AAPL', 'polygon']);
  expect(rows?.map(({ session }) => session)).toEqual(
    ['10', '11', '12', '13', '14'].map((day) => `2024-06-${day}`),
  );
  const [row] = rows ?? [];
  expect(row).toMatchObject({ sma_200: expect.any(Number) as number, reason: null });
  expect(Array.isArray(row?.patterns)).toBe(true);
});

test('rows come as CSV as well, with the columns by their names', async () => {
  const { stdout, code } = await installation.run(...shown, '--format', 'csv');
  const [head = '', ...lines] = stdout.trim().split('\n');
  expect([code, lines.length]).toEqual([0, 5]);
  expect(head).toMatch(/^session,sma_20,sma_50,.*,true_range,patterns,reason$/);
});

test.each([
  [['--start-date', '2024-06-03'], '--end-date is missing'],
  [['--calculation-date', '2099-01-05'], 'no session of --calculation-date 2099-01-05 has closed'],
  [['--days-back', '5', '--from', '2024-06-03', '--to', '2024-06-04'], 'contradict each other'],
  [['--data-source', 'bloomberg'], '--data-source "bloomberg" is not to be had'],
  [['--interval', '1h'], 'indicators-daily-calculation has no parameter --interval'],
])('%j is wrong usage', async (options, message) => {
  const { code, stdout } = await installation.run(
    'run',
    'indicators-daily-calculation',
    ...options,
    '--json',
  );
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    error: { message: expect.stringContaining(message) as string },
  });
});
