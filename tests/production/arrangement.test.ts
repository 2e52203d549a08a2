import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pools } from '../../src/flows/pools.ts';
import { composeStack, type ComposeStack } from '../support/compose-stack.ts';
import { productionObstacle } from '../support/production-obstacle.ts';

const obstacle = productionObstacle();
const soon = { timeout: 180_000, interval: 500 };
const workers = [...pools];
const onces = ['databases', 'temporal-schema', 'temporal-namespace', 'migrate', 'schedules'];

let stack: ComposeStack;

/** What a command of the operator's prints as JSON, and its exit code. */
async function operator<Document>(
  ...words: readonly string[]
): Promise<Document & { readonly code: number | null }> {
  const { code, stdout, stderr } = await stack.run('barwright', { words: [...words, '--json'] });
  try {
    return { code, ...(JSON.parse(stdout) as Document) };
  } catch (cause) {
    throw new Error(`${words.join(' ')} said: ${stdout}${stderr}`, { cause });
  }
}

interface Listed {
  readonly runs: readonly {
    readonly runId: string;
    readonly flow: string;
    readonly status: string;
    readonly summary: Summary | null;
  }[];
}
interface Summary {
  readonly totalSymbols: number;
  readonly successful: number;
  readonly failed: number;
  readonly changedRecords: number;
}

async function statusOf(id: string): Promise<string> {
  return (await operator<{ readonly status: string }>('runs', 'inspect', id)).status;
}

/** The version of the schema of Temporal's own database, once these statements are done. */
async function temporalSchema(statements = ''): Promise<unknown> {
  const client = new pg.Client({ connectionString: stack.databaseUrl('temporal') });
  await client.connect();
  try {
    await client.query(statements);
    const { rows } = await client.query<{ version: string }>(
      'select curr_version as version from schema_version',
    );
    return rows[0]?.version;
  } finally {
    await client.end();
  }
}

describe.skipIf(obstacle !== null)(
  `an installation of docker-compose.yml${obstacle === null ? '' : `, which does not run, as ${obstacle}`}`,
  () => {
    beforeAll(async () => {
      stack = await composeStack({
        POSTGRES_SUPERUSER_PASSWORD: 'canary-superuser',
        POSTGRES_PASSWORD: 'canary-own',
        TEMPORAL_POSTGRES_PASSWORD: 'canary-temporal',
        MARKET: 'simulated',
        POLYGON_BASE_URL: 'http://simulator:8090',
        YAHOO_BASE_URL: 'http://simulator:8090',
      });
      await stack.up('simulator', ...workers);
    });
    afterAll(() => stack.down());

    test('a first start comes to an installation that is well', async () => {
      expect(await operator('status')).toMatchObject({
        ready: true,
        database: { ok: true },
        temporal: { ok: true },
        schedules: { ok: true },
        workers: pools.map((pool) => ({ pool, ok: true })),
      });
      for (const pool of pools) expect(await stack.check(pool)).toMatchObject({ code: 0 });
      expect(stack.said('temporal')).not.toMatch(/allow-no-auth|canary/);
    });

    test('a daily run, a backfill and their indicators come to what they ought to', async () => {
      const daily = await operator<Summary>('run', 'polygon-daily-ingestion');
      expect(daily).toMatchObject({ code: 0, failed: 0 });
      expect(daily.totalSymbols).toBeGreaterThan(400);
      const range = ['--start-date', '2026-03-02', '--end-date', '2026-03-31', '--symbols', 'AAPL,MSFT'];
      expect(await operator('backfill', ...range)).toMatchObject({ code: 0, totalSymbols: 2, successful: 2 });
      expect(await operator('backfill', ...range)).toMatchObject({ code: 0, changedRecords: 0 });
      const indicators = ['--data-source', 'polygon', '--symbols', 'AAPL,MSFT'];
      expect(await operator('run', 'indicators-daily-calculation', ...indicators)).toMatchObject({
        failed: 0,
      });
      expect(await operator('run', 'maintenance-cleanup')).toMatchObject({ code: 0 });
    });

    test('a schedule fires', async () => {
      expect(await operator('schedules', 'trigger', 'polygon-settlement')).toMatchObject({ code: 0 });
      const settled = async () => {
        const { runs } = await operator<Listed>('runs', 'list', '--flow', 'polygon-settlement');
        return runs.map(({ status, summary }) => [status, summary?.failed]);
      };
      await expect.poll(settled, soon).toEqual([['completed', 0]]);
    });

    test('a second start changes nothing, and a pause of the operator stays', async () => {
      expect(await operator('schedules', 'pause', 'polygon-settlement')).toMatchObject({ code: 0 });
      for (const service of onces) {
        const { code, stderr } = await stack.run(service);
        expect([service, code, stderr.split('\n').filter((line) => line.startsWith('barwright:'))]).toEqual([
          service,
          0,
          [],
        ]);
      }
      const { schedules } = await operator<{
        readonly schedules: readonly { id: string; paused: boolean }[];
      }>('schedules', 'list');
      expect(schedules.filter(({ paused }) => paused).map(({ id }) => id)).toEqual(['polygon-settlement']);
    });

    test('each part may be started anew in the middle of a run', async () => {
      const range = ['--start-date', '2023-01-03', '--end-date', '2024-12-31'];
      const begun = await operator<{ readonly runId: string }>('backfill', ...range, '--no-wait');
      for (const service of [
        'data-ingestion',
        'temporal',
        'postgres',
        'simulator',
        'data-ingestion',
        'analytics',
        'maintenance',
      ]) {
        const code = await stack.restart(service);
        if (workers.some((pool) => pool === service)) expect([service, code]).toEqual([service, 0]);
      }
      await expect.poll(() => statusOf(begun.runId), { timeout: 600_000, interval: 2_000 }).toBe('completed');
      const { runs } = await operator<Listed>(
        'runs',
        'list',
        '--flow',
        'polygon-historical-backfill',
        '--limit',
        '1',
      );
      expect(runs[0]?.summary).toMatchObject({ failed: 0 });
      expect(await operator('backfill', ...range)).toMatchObject({ code: 0, failed: 0, changedRecords: 0 });
      await expect.poll(async () => (await operator<{ ready: boolean }>('status')).ready, soon).toBe(true);
    });

    test('with another number of history shards it runs with those that it has, and says so', async () => {
      const other = { with: { TEMPORAL_HISTORY_SHARDS: '4' } };
      await stack.restart('temporal', other);
      const { code, stderr } = await stack.run('temporal-namespace', other);
      expect([code, stderr]).toEqual([
        0,
        'barwright: Temporal keeps the 128 history shards that it was first started with, not 4; set TEMPORAL_HISTORY_SHARDS=128 in .env: only a new database has another number\n',
      ]);
      await expect.poll(async () => (await operator<{ ready: boolean }>('status')).ready, soon).toBe(true);
      expect(await operator('run', 'maintenance-cleanup')).toMatchObject({ code: 0 });
    });

    test('a schema of Temporal one version back is brought up by the next start', async () => {
      await stack.stop('temporal');
      expect(
        await temporalSchema(
          "drop table current_chasm_executions; update schema_version set curr_version = '1.18'",
        ),
      ).toBe('1.18');
      expect(await stack.run('temporal')).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/version mismatch|sql schema version/) as string,
      });
      expect(await stack.run('temporal-schema')).toMatchObject({ code: 0 });
      expect(await temporalSchema()).toBe('1.19');
      await stack.up('temporal');
      await expect.poll(async () => (await operator<{ ready: boolean }>('status')).ready, soon).toBe(true);
    });
  },
);
