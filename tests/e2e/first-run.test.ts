import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { commandLine } from '../support/command-line.ts';
import { houseRoot } from '../support/house-files.ts';
import { startInstallation, type TestInstallation } from '../support/installation.ts';

let installation: TestInstallation;

/** Not the loopback that is meant unless another is named; macOS has but one. */
const host = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1';
const password = "of 'both' machines";

beforeAll(async () => {
  const settings = { MARKET: 'simulated', BIND_HOST: host, POSTGRES_PASSWORD: password };
  installation = await startInstallation(settings, { firstRun: true });
}, 120_000);
afterAll(() => installation.down());

const lines = (text: string) =>
  [...text.matchAll(/^ *\.\/barwright (.+)$/gm)].flatMap(([, command = '']) => command);

/** README's commands beside `npm start`; their dates are an example, and the market ends today. */
function readmeCommands(range: string): readonly string[] {
  const [, runIt = ''] = readFileSync(path.join(houseRoot, 'README.md'), 'utf8').split('## Run it');
  return lines(runIt.split('## ')[0] ?? '').map((command) => command.replace(/--from \S+ --to \S+/, range));
}

/** The lists of a document, those within its lists included. */
function listsIn(value: unknown): readonly (readonly unknown[])[] {
  if (typeof value !== 'object' || value === null) return [];
  const within = Object.values(value).flatMap(listsIn);
  return Array.isArray(value) ? [value, ...within] : within;
}

function hasRows(document: Readonly<Record<string, unknown>>): boolean {
  if (typeof document.cells === 'number') return document.cells > 0;
  const series = Array.isArray(document.series) ? (document.series as readonly object[]) : [document];
  return series.every((one) => listsIn(one).some((list) => list.length > 0));
}

test('every command that the first run and README suggest has something to show', async () => {
  await expect.poll(() => installation.shown(), { timeout: 420_000 }).toContain('./barwright status');
  const suggested = lines(installation.shown());
  const [range = ''] = /--from \S+ --to \S+/.exec(installation.shown()) ?? [];
  const commands = [...suggested, ...readmeCommands(range)];
  expect(commands.length).toBeGreaterThan(12);
  for (const command of new Set(commands)) {
    const { code, stdout, stderr } = await installation.run(...command.split(' '), '--json');
    expect({ command, code, stderr }).toMatchObject({ code: 0 });
    const document = JSON.parse(stdout) as Record<string, unknown>;
    expect({ command, rows: hasRows(document) }).toEqual({ command, rows: true });
  }
}, 540_000);

test('up says once that Temporal has no password, and does not start without one for PostgreSQL', async () => {
  expect(installation.said().split('Temporal has no password')).toHaveLength(host === '127.0.0.1' ? 1 : 2);
  const without = {
    ...{ BIND_HOST: '0.0.0.0', POSTGRES_PASSWORD: null },
    BARWRIGHT_HOME: path.join(installation.home, 'none'),
  };
  const { code, stderr } = await installation.runWith(without, 'up');
  expect({ code, stderr }).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('POSTGRES_PASSWORD') as string,
  });
});

test('a worker with a home of its own joins by the address that the servers listen on', async () => {
  const { database, temporal, simulator } = installation.state();
  const [postgres, market] = [new URL(database?.url ?? ''), simulator?.url ?? ''];
  expect([postgres.hostname, new URL(market).hostname]).toEqual([host, host]);
  expect(temporal?.address.split(':')[0]).toBe(host);
  const second = commandLine({
    ...{ MARKET: 'simulated', POLYGON_BASE_URL: market, YAHOO_BASE_URL: market },
    ...{ TEMPORAL_ADDRESS: temporal?.address ?? '', POSTGRES_HOST: host, POSTGRES_PORT: postgres.port },
    POSTGRES_PASSWORD: password,
  });
  const worker = second.start('worker', '--pool', 'data-ingestion');
  onTestFinished(() => void worker.kill('SIGTERM'));
  const connection = await Connection.connect({ address: temporal?.address ?? '' });
  onTestFinished(() => connection.close());
  const taskQueue = { name: 'data-ingestion-pool' };
  const takers = async () => {
    const { pollers } = await connection.workflowService.describeTaskQueue({
      namespace: 'default',
      taskQueue,
    });
    return new Set(pollers.map(({ identity }) => identity)).size;
  };
  await expect.poll(takers, { timeout: 120_000 }).toBe(2);
  const dates = ['--start-date', '2024-01-02', '--end-date', '2024-01-05'];
  const run = await second.run('backfill', '--symbols', 'MSFT', ...dates, '--json');
  expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('"successful":1') as string });
}, 240_000);
