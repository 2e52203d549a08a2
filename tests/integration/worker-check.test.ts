import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { registerWorker, retireWorker, type WorkerRecord } from '../../src/store/workers.ts';
import { runCommand } from '../support/command-in-process.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

const home = mkdtempSync(path.join(tmpdir(), 'barwright-home-'));
let store: TestDatabase;
beforeAll(async () => {
  store = await freshDatabase();
});
beforeEach(() => store.db.deleteFrom('market.workers').execute());
afterAll(async () => {
  await store.close();
  rmSync(home, { recursive: true });
});

const check = (url = store.url) =>
  runCommand(
    { BARWRIGHT_HOME: home, DATABASE_URL: url },
    'worker',
    ...['--pool', 'analytics-pool', '--check'],
  );

async function enter(over: Partial<WorkerRecord> = {}): Promise<void> {
  const own = { identity: 'analytics here', pool: 'analytics', host: hostname(), pid: process.pid };
  const worker = { ...own, market: 'simulated', baseUrls: {}, keyFingerprint: null, ...over };
  await registerWorker(store.db, worker, []);
}

test('a worker that is entered, was seen and runs is well', async () => {
  await enter();
  expect(await check()).toEqual({ code: 0, stdout: '', stderr: '' });
});

test.each([{}, { pool: 'maintenance' }, { host: 'elsewhere' }])(
  'without one of this pool on this machine there is none: %o',
  async (over) => {
    if (Object.keys(over).length > 0) await enter(over);
    const none = `no worker of the pool analytics on ${hostname()} has given a sign of life in the last 30 s\n`;
    expect(await check()).toMatchObject({ code: 1, stderr: none });
  },
);

test('one that has said goodbye, or was not seen for long, is not well', async () => {
  await enter();
  await retireWorker(store.db, 'analytics here');
  expect(await check()).toMatchObject({ code: 1 });
  await enter();
  await store.db
    .updateTable('market.workers')
    .set({ seen_at: new Date(Date.now() - 31_000) })
    .execute();
  expect(await check()).toMatchObject({ code: 1 });
});

test('one that was killed is not well at once', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  await enter({ pid });
  expect(await check()).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('runs no longer') as string,
  });
});

test('a database that cannot be reached is named, without its password', async () => {
  const url = new URL(store.url);
  [url.port, url.password] = ['1', 'canary'];
  const { code, stderr } = await check(url.href);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^barwright: no connection to /)]);
  expect(stderr).not.toContain('canary');
});

test('a simulated market listens on addresses only', async () => {
  const { code, stderr } = await runCommand({ BARWRIGHT_HOME: home }, 'simulate', '--host', 'everywhere');
  expect([code, stderr]).toEqual([2, expect.stringContaining('--host everywhere is no IPv4 address')]);
});
