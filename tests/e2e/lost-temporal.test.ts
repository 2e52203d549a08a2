import { rmSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { declarations } from '../../schedules/index.ts';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { generatedMarket } from '../../src/simulator/market/generated-market.ts';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import { startInstallation, type TestInstallation } from '../support/installation.ts';

let market: Simulator;
let installation: TestInstallation;

beforeAll(async () => {
  market = await startSimulator({
    source: generatedMarket({ symbols: 20, seed: 7, calendar: { sessionsBetween } }),
  });
  installation = await startInstallation({
    MARKET: 'live',
    POLYGON_BASE_URL: market.url,
    POLYGON_API_KEY: 'x',
    // What it asks first is still under way when all ends.
    POLYGON_REQUESTS_PER_MINUTE: '1',
  });
});
afterAll(async () => {
  await installation.down();
  await market.close();
});

async function listed() {
  const { stdout } = await installation.run('schedules', 'list', '--json');
  const found = JSON.parse(stdout) as { schedules?: readonly { paused: boolean; note: string }[] };
  return found.schedules ?? [];
}

const soon = { timeout: 90_000 };

test('a Temporal server whose data are lost resumes no paused schedule, and its runs are closed with that cause', async () => {
  const range = ['--start-date', '2024-05-01', '--end-date', '2024-05-31'];
  const begun = await installation.run('backfill', ...range, '--no-wait', '--json');
  const { runId } = JSON.parse(begun.stdout) as { runId: string };
  // It is not asked for any longer.
  await expect.poll(async () => (await installation.run('runs', 'pause', runId)).code, soon).toBe(0);
  // They were paused by hand, past the command line.
  const kept = () =>
    sql<{ pauses: number }>`select count(*)::int as pauses from market.schedule_pauses`
      .execute(installation.store.db)
      .then(({ rows }) => rows[0]?.pauses);
  await expect.poll(kept, soon).toBe(declarations.length);
  const server = installation.state().temporal?.process.pid ?? NaN;
  process.kill(server, 'SIGKILL');
  rmSync(path.join(installation.home, 'temporal'), { recursive: true });

  // `up` starts it again, with nothing in it.
  await expect.poll(() => installation.state().temporal?.process.pid, soon).not.toBe(server);
  await expect.poll(async () => (await listed()).length, soon).toBe(declarations.length);
  const schedules = await listed();
  expect(schedules.map(({ paused, note }) => [paused, note])).toEqual(
    Array(declarations.length).fill([true, 'a test has no hours']),
  );
  const run = async () => {
    const { stdout } = await installation.run('runs', 'inspect', runId, '--json');
    return (JSON.parse(stdout) as { status: string }).status;
  };
  await expect.poll(run, soon).toBe('terminated');
  expect((await installation.run('runs', 'logs', runId)).stdout).toMatch(/server that it ran on is gone/);
});
