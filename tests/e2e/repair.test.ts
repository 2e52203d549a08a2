import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import type { RepairSummary } from '../../src/runs/repair-summary.ts';
import { generatedMarket } from '../../src/simulator/market/generated-market.ts';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import { startInstallation, type TestInstallation } from '../support/installation.ts';

let market: Simulator;
let installation: TestInstallation;

beforeAll(async () => {
  market = await startSimulator({
    source: generatedMarket({ symbols: 300, seed: 3, calendar: { sessionsBetween } }),
  });
  installation = await startInstallation({
    ...{ MARKET: 'live', POLYGON_BASE_URL: market.url, POLYGON_API_KEY: 'x' },
    ...{ POLYGON_REQUESTS_PER_MINUTE: '100000', LOAD_RETRY_ATTEMPTS: '0' },
  });
});
afterAll(async () => {
  await installation.down();
  await market.close();
});

const symbols = ['--symbols', 'AAPL,MSFT'];
const dates = (startDate: string, endDate: string) => ['--start-date', startDate, '--end-date', endDate];
const may = [...symbols, ...dates('2024-05-01', '2024-05-31')];
const june = [...symbols, ...dates('2024-05-01', '2024-06-05')];
const run = (...args: readonly string[]) => installation.runApart(...args);
const summaryOf = (stdout: string) => JSON.parse(stdout) as RepairSummary & { readonly runId: string };

test('what lacks comes, and then there is nothing to repair', async () => {
  await run('backfill', ...symbols, ...dates('2024-05-01', '2024-05-10'));
  expect((await run('coverage', ...may)).code).toBe(1);
  const { code, stdout, stderr } = await run('repair', ...may);
  expect(code).toBe(0);
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(stdout).toMatch(/missing +came +explained +remain/);
  expect(stdout).toMatch(/ 28 +28 +0 +0/);
  expect(stderr).toContain('started repair-gaps/');
  expect(stderr).toContain('Ctrl-C leaves it running');
  expect((await run('coverage', ...may)).code).toBe(0);
  const again = await run('repair', ...may, '--json');
  expect([again.code, summaryOf(again.stdout).missing]).toEqual([0, 0]);
  expect(again.stderr).toBe('nothing to repair: what lacks, lacks for a reason\n');
});

test('while the provider is away nothing is lost: it is asked again in the background, and by the next repair', async () => {
  market.setFaults([{ fault: { kind: 'status', status: 500 } }]);
  const { code, stdout } = await run('repair', ...june, '--json');
  market.setFaults([]);
  expect(code).toBe(1);
  const summary = summaryOf(stdout);
  expect(summary).toMatchObject({
    missing: 6,
    came: 0,
    explained: 0,
    remains: 6,
    reasons: { never_asked: 6 },
  });
  expect(summary.runs[0]?.error).toBe('2 symbols failed');
  expect(summary.againAt).toHaveLength(3);
  const listed = await run('runs', 'list', '--flow', 'reask-gaps', '--json');
  expect(JSON.parse(listed.stdout)).toMatchObject({ runs: [{ flow: 'reask-gaps', status: 'running' }] });
  const next = await run('repair', ...june, '--json');
  expect([next.code, summaryOf(next.stdout).came]).toEqual([0, 6]);
});
