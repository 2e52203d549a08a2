import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { generatedMarket } from '../../src/simulator/market/generated-market.ts';
import type { PlanFigures } from '../../src/runs/run-summary.ts';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import { insertRun } from '../../src/store/runs.ts';
import { registerWorker, retireWorker } from '../../src/store/workers.ts';
import { commandLine } from '../support/command-line.ts';
import { startInstallation, type TestInstallation } from '../support/installation.ts';

let market: Simulator;
let installation: TestInstallation;

beforeAll(async () => {
  market = await startSimulator({
    source: generatedMarket({ symbols: 300, seed: 3, calendar: { sessionsBetween } }),
  });
  installation = await startInstallation(
    {
      MARKET: 'live',
      POLYGON_BASE_URL: market.url,
      POLYGON_API_KEY: 'x',
      POLYGON_REQUESTS_PER_MINUTE: '100000',
    },
    { schedules: 'running' },
  );
});
afterAll(async () => {
  await installation.down();
  await market.close();
});

const may = ['--start-date', '2024-05-01', '--end-date', '2024-05-31'];
const errorOf = (stdout: string) =>
  (JSON.parse(stdout) as { error: { kind: string; message: string; remedy: string } }).error;

describe('a backfill', () => {
  test('with an unknown symbol stores the others and exits with 1', async () => {
    const { code, stdout } = await installation.runApart(
      'backfill',
      '--symbols',
      'aapl,msft,NOSUCH',
      ...may,
      '--json',
    );
    expect(code).toBe(1);
    const summary = JSON.parse(stdout) as { workflowId: string };
    expect(summary).toMatchObject({
      totalSymbols: 3,
      successful: 2,
      partial: 0,
      failed: 1,
      totalRecords: 44,
      changedRecords: 44,
      settledRecords: 0,
      requests: 2,
      successfulSymbols: ['AAPL', 'MSFT'],
      partialSymbols: [],
      failedSymbols: [{ symbol: 'NOSUCH' }],
      omitted: 0,
    });
    expect(summary.workflowId).toMatch(
      /^polygon-historical-backfill\/2024-05-01\.\.2024-05-31\/1d\/[0-9a-f]+$/,
    );
    const inspected = await installation.run('runs', 'inspect', summary.workflowId, '--json');
    expect(JSON.parse(inspected.stdout)).toMatchObject({
      status: 'completed',
      loads: [{}, {}, { symbol: 'NOSUCH' }],
    });
  });

  test('with --plan says what it would ask, and asks nothing', async () => {
    const since = market.requests().length;
    const { code, stdout } = await installation.run(
      'backfill',
      '--symbols',
      'AAPL,SPY',
      ...may,
      '--plan',
      '--json',
    );
    expect(code).toBe(0);
    const { quotaLeft, ...plan } = JSON.parse(stdout) as PlanFigures;
    expect(quotaLeft).toBeGreaterThan(90_000);
    expect(quotaLeft).toBeLessThanOrEqual(100_000);
    expect(plan).toEqual({
      requests: { total: 1, wholeMarket: 0, perSymbol: 1, lookups: 1 },
      symbols: 2,
      sessions: 22,
      cells: 22,
      expectedRows: 22,
      estimatedSeconds: 1,
    });
    expect(market.requests().length).toBe(since);
  });

  test('with --plan counts how long the provider wants to be asked nothing', async () => {
    const { db } = installation.store;
    await sql`update market.provider_budgets set blocked_until = now() + interval '1 hour'`.execute(db);
    const { stdout } = await installation.run('backfill', '--symbols', 'SPY', ...may, '--plan', '--json');
    await sql`update market.provider_budgets set blocked_until = null`.execute(db);
    expect((JSON.parse(stdout) as PlanFigures).estimatedSeconds).toBeGreaterThan(3_000);
  });
});

test('a plan for everybody reads the list of instruments where there is none, and says so', async () => {
  const { code, stdout, stderr } = await installation.run('backfill', ...may, '--plan', '--json');
  expect({ code, stderr }).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('asks polygon') as string,
  });
  const { requests, symbols, cells } = JSON.parse(stdout) as PlanFigures;
  expect(symbols).toBeGreaterThan(200);
  expect(requests).toMatchObject({ wholeMarket: 22, lookups: 0 });
  expect(cells).toBeGreaterThan(4_000);
});

describe('a daily run', () => {
  test('is started without waiting, joined when asked again, and shows up in the list', async () => {
    const { code, stdout } = await installation.run(
      'run',
      'polygon-daily-ingestion',
      '--symbols',
      'AAPL,MSFT',
      '--json',
    );
    expect(code).toBe(0);
    const { workflowId, runId } = JSON.parse(stdout) as { workflowId: string; runId: string };
    const list = await installation.run('runs', 'list', '--json');
    const { runs } = JSON.parse(list.stdout) as { runs: readonly { runId: string }[] };
    expect(runs.find((run) => run.runId === runId)).toMatchObject({
      workflowId,
      flow: 'polygon-daily-ingestion',
      status: 'completed',
      summary: { totalSymbols: 2 },
    });
    const logs = await installation.run('runs', 'logs', runId, '--json');
    expect((JSON.parse(logs.stdout) as { events: object[] }).events.length).toBeGreaterThanOrEqual(3);
  });

  test('that goes on on another server with this database is refused, until nobody works there', async () => {
    const command = ['run', 'polygon-daily-ingestion', '--symbols', 'AAPL', '--json'];
    const { stdout } = await installation.run(...command);
    const { workflowId } = JSON.parse(stdout) as { workflowId: string };
    const { db } = installation.store;
    const there = { identity: 'far', pool: 'maintenance', host: 'far', pid: 1, market: 'live' };
    const its = { baseUrls: {}, keyFingerprint: null, namespaceId: 'another server' };
    await registerWorker(db, { ...there, ...its }, []);
    const sessions = { range: { from: '2024-05-31', to: '2024-05-31' }, sessions: [], again: [] };
    const run = {
      flow: 'polygon-daily-ingestion',
      parameters: {},
      sessions,
      startedAt: '2024-06-01T00:00:00Z',
    };
    const runId = randomUUID();
    await insertRun(db, { ...run, runId, workflowId, namespaceId: its.namespaceId });
    const refused = await installation.run(...command);
    expect(refused.code).toBe(2);
    const remedy = `barwright runs logs ${runId} --follow shows how far it is`;
    expect(errorOf(refused.stdout)).toMatchObject({ kind: 'RunsElsewhere', remedy });
    await retireWorker(db, there.identity);
    expect(await installation.run(...command)).toMatchObject({ code: 0 });
  });
});

describe('a run under way', () => {
  const json = async (...args: string[]) => {
    const { code, stdout, stderr } = await installation.run(...args, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) as string });
    return JSON.parse(stdout) as Record<string, unknown>;
  };

  test('is paused, given another range, resumed and cancelled by hand, by either id', async () => {
    await json('symbols', 'sync', '--history');
    // What it goes on with beside asks the provider, of which others here count the requests.
    // It may not be in the ledger yet, or have come to its end.
    const closed = async () => {
      await installation.run('runs', 'cancel', 'sync-symbol-history', '--json');
      const { runs } = await json('runs', 'list', '--flow', 'sync-symbol-history');
      return (runs as { closedAt: string | null }[])[0]?.closedAt ?? null;
    };
    await expect.poll(closed, { timeout: 60_000, interval: 100 }).not.toBeNull();
    market.setFaults([{ match: {}, fault: { kind: 'slow', ms: 400 } }]);
    const year = ['--start-date', '2023-01-01', '--end-date', '2023-12-31'];
    const { workflowId, runId } = (await json('backfill', ...year, '--no-wait')) as Record<string, string>;
    if (workflowId === undefined || runId === undefined) throw new Error('it does not say which run it is');
    const known = async () => (await installation.run('runs', 'inspect', workflowId)).code;
    await expect.poll(known, { timeout: 60_000 }).toBe(0);
    expect(await json('runs', 'pause', workflowId)).toEqual({ workflowId, done: 'pause' });
    const change = ['--from', '2023-06-01', '--to', '2023-06-30'];
    expect(await json('runs', 'change', runId, ...change)).toEqual({ workflowId, done: 'change' });
    // It is still under way when it is told to end, however long a command takes to start.
    market.setFaults([{ match: {}, fault: { kind: 'slow', ms: 20_000 } }]);
    expect(await json('runs', 'resume', runId)).toEqual({ workflowId, done: 'resume' });
    expect(await json('runs', 'cancel', workflowId)).toEqual({ workflowId, done: 'cancel' });
    const status = async () => (await json('runs', 'inspect', runId)).status;
    await expect.poll(status, { timeout: 60_000 }).toBe('cancelled');
    market.setFaults([]);
    const late = await installation.run('runs', 'pause', workflowId, '--json');
    expect(late.code).toBe(2);
    expect(errorOf(late.stdout)).toMatchObject({ message: `${workflowId} has ended: cancelled` });
  }, 180_000);
});

describe('schedules', () => {
  const daily = 'polygon-daily-ingestion';
  interface Listed {
    readonly id: string;
    readonly paused: boolean;
    readonly note: string | null;
  }
  const ofPolygon = ({ id }: Listed) => id.startsWith('polygon-');
  async function list(): Promise<readonly Listed[]> {
    const { stdout } = await installation.run('schedules', 'list', '--json');
    return (JSON.parse(stdout) as { schedules: readonly Listed[] }).schedules.filter(ofPolygon);
  }

  test('are there once all is up, with line, zone and next time', async () => {
    expect(await list()).toMatchObject([
      {
        id: daily,
        cron: '0 20 * * 1-5',
        timeZone: 'America/Chicago',
        paused: false,
        note: null,
        nextRunAt: expect.stringMatching(/T0[12]:00:00.000Z$/) as string,
        lastRunAt: null,
        pool: 'data-ingestion',
        tags: ['data-ingestion', 'polygon', 'scheduled'],
        description: 'Daily end-of-day data ingestion from Polygon.io',
      },
      { id: 'polygon-settlement', cron: '30 10 * * 2-6' },
    ]);
  });

  test('an operator’s pause outlives a deploy, until an operator resumes', async () => {
    expect(await installation.run('schedules', 'pause', daily)).toMatchObject({ code: 0 });
    expect(await installation.run('schedules', 'apply')).toMatchObject({ code: 0 });
    expect(await list()).toMatchObject([{ id: daily, paused: true }, { paused: false }]);
    expect(await installation.run('schedules', 'resume', daily)).toMatchObject({ code: 0 });
    expect(await list()).toMatchObject([{ paused: false }, { paused: false }]);
  });

  test('without a key on the live market they pause and say why, with one they go on', async () => {
    expect(await installation.runWith({ POLYGON_API_KEY: null }, 'schedules', 'apply')).toMatchObject({
      code: 0,
    });
    const held = { paused: true, note: 'barwright: POLYGON_API_KEY is not set on the live market' };
    expect(await list()).toMatchObject([held, held]);
    const { stdout } = await installation.run('schedules', 'apply', '--json');
    const { schedules, removed } = JSON.parse(stdout) as { schedules: readonly Listed[]; removed: unknown };
    const free = { change: 'updated', paused: false };
    expect(schedules.filter(ofPolygon)).toMatchObject([free, free]);
    expect(schedules.filter((one) => !ofPolygon(one))).not.toContainEqual(
      expect.objectContaining({ change: 'updated' }),
    );
    expect(removed).toEqual([]);
  });

  test('triggered by hand, one says which run that is', async () => {
    const { code, stdout } = await installation.run('schedules', 'trigger', daily, '--json');
    expect(code).toBe(0);
    const { workflowId, ...fired } = JSON.parse(stdout) as Record<string, string>;
    expect(fired).toMatchObject({ id: daily, outcome: 'started' });
    expect(workflowId).toMatch(/^polygon-daily-ingestion\/[-\d]+\/1d\/[0-9a-f]{12}$/);
    const { stdout: inspected } = await installation.run('schedules', 'inspect', daily, '--json');
    expect(JSON.parse(inspected)).toMatchObject({ id: daily, firings: 1, recent: [{}] });
  });
});

test('status says that all is well', async () => {
  const { code, stdout } = await installation.runApart('status', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    ready: true,
    market: 'live',
    temporal: { ok: true },
    database: { ok: true },
    workers: [
      { pool: 'data-ingestion', ok: true },
      { pool: 'analytics', ok: true },
      { pool: 'maintenance', ok: true },
    ],
    schedules: { ok: true },
    dashboard: { url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string, ok: true },
  });
  expect(stdout).not.toMatch(/postgres:[^/@]+@/);
});

test('the dashboard of up is where it says, and shows what runs', async () => {
  const { dashboard } = installation.state();
  expect(installation.said()).toContain(`dashboard ${dashboard?.url}, `);
  const page = await fetch(dashboard?.url ?? '');
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('Pipelines')]);
});

test('a dashboard that ends by itself is started again, at the same address', async () => {
  const { dashboard } = installation.state();
  if (dashboard === null) throw new Error('there is no dashboard');
  process.kill(dashboard.process.pid, 'SIGKILL');
  await expect
    .poll(() => installation.state().dashboard, { timeout: 60_000, interval: 250 })
    .toEqual({ url: dashboard.url, process: expect.not.objectContaining(dashboard.process) as object });
  expect((await fetch(`${dashboard.url}/health`)).status).toBe(200);
});

test('a second up in the same home is refused', async () => {
  const { code, stderr } = await installation.run('up', '--headless');
  expect(code).toBe(2);
  expect(stderr).toMatch(/runs already .*barwright down/);
});

describe('what is wrong is said in one line, with exit code 2, before anything starts', () => {
  test.each([
    [
      'a date that does not exist',
      ['backfill', '--symbols', 'AAPL', '--start-date', '2024-02-30', '--end-date', '2024-03-01'],
    ],
    ['no date', ['backfill', '--symbols', 'AAPL', '--end-date', '2024-03-01']],
    [
      'a reversed range',
      ['backfill', '--symbols', 'AAPL', '--start-date', '2024-03-02', '--end-date', '2024-03-01'],
    ],
    [
      'a range in the future',
      ['backfill', '--symbols', 'AAPL', '--start-date', '2190-01-02', '--end-date', '2190-03-01'],
    ],
    ['malformed symbols', ['backfill', '--symbols', 'AAPL,../x,AAPL?x=1', ...may]],
    ['an empty symbol list', ['backfill', '--symbols', '', ...may]],
    ['a list with a blank', ['symbols', 'watch', 'AAPL,,MSFT']],
    ['one of a list of others', ['actions', 'AAPL,NOSUCH']],
    [
      'one of a list that is not stored',
      ['bars', 'AAPL,NOSUCH', '--from', '2024-05-01', '--to', '2024-05-02'],
    ],
    ['an unknown flow', ['run', 'polygon-weekly-ingestion']],
    ['a foreign parameter', ['run', 'polygon-historical-backfill', ...may, '--days-back', '2']],
    ['a negative count', ['run', 'polygon-daily-ingestion', '--max-symbols', '-1']],
    ['an unknown command', ['frobnicate']],
    [
      'an unknown option',
      ['bars', 'AAPL', '--from', '2024-05-01', '--to', '2024-05-02', '--since', '2024-05-03'],
    ],
    [
      'another source',
      ['bars', 'AAPL', '--from', '2024-05-01', '--to', '2024-05-02', '--source', 'bloomberg'],
    ],
    [
      'another adjustment',
      ['bars', 'AAPL', '--from', '2024-05-01', '--to', '2024-05-02', '--adjust', 'half'],
    ],
    ['another interval', ['bars', 'AAPL', '--from', '2024-05-01', '--to', '2024-05-02', '--interval', '5m']],
    ['a symbol that climbs a path', ['run', 'yahoo-market-data-hourly', '--symbols', '../../v7']],
    ['a symbol with a query', ['run', 'yahoo-market-data-hourly', '--symbols', 'AAPL?x=1']],
    ['a symbol that is not stored', ['bars', 'NOSUCH', '--from', '2024-05-01', '--to', '2024-05-02']],
    ['a pool that does not exist', ['worker', '--pool', 'kitchen']],
    ['a run that does not exist', ['runs', 'inspect', 'nothing']],
    ['a run that nobody can pause', ['runs', 'pause', 'nothing']],
    ['a reversed new range', ['runs', 'change', 'x', '--from', '2024-03-02', '--to', '2024-03-01']],
    ['a schedule that does not exist', ['schedules', 'pause', 'polygon-weekly-ingestion']],
    ['a flow without a schedule', ['schedules', 'apply', '--flow', 'polygon-historical-backfill']],
  ])('%s', async (_, args) => {
    const before = market.requests().length;
    const { code, stdout } = await installation.run(...args, '--json');
    expect(code).toBe(2);
    const { kind, message, remedy } = errorOf(stdout);
    expect([kind, message, remedy].every((text) => text.length > 3)).toBe(true);
    const plain = await installation.run(...args);
    expect(plain.stdout).toBe('');
    expect(plain.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(market.requests().length).toBe(before);
  });

  test.each([
    ['another key than the workers have', { POLYGON_API_KEY: 'other' }, 'EnvironmentDiffers'],
    ['another base URL', { POLYGON_BASE_URL: 'http://127.0.0.1:9' }, 'EnvironmentDiffers'],
    ['no key on the live market', { POLYGON_API_KEY: null }, 'NotRunning'],
    ['another market', { MARKET: 'simulated', POLYGON_API_KEY: null }, 'EnvironmentDiffers'],
    ['an unreachable database', { DATABASE_URL: 'postgres://u:canary@127.0.0.1:1/x' }, 'DatabaseUnreachable'],
    ['an unreachable Temporal', { TEMPORAL_ADDRESS: '127.0.0.1:1' }, 'TemporalUnreachable'],
    ['wrong settings', { POLYGON_REQUESTS_PER_MINUTE: 'many', TEMPORAL_PORT: '0' }, 'ConfigurationError'],
  ])('%s', async (_, env, kind) => {
    const { code, stdout } = await installation.runWith(
      env,
      'run',
      'polygon-daily-ingestion',
      '--symbols',
      'AAPL',
      '--json',
    );
    expect(code).toBe(2);
    expect(errorOf(stdout).kind).toBe(kind);
    expect(stdout).not.toContain('canary');
  });

  test('a plan that takes longer than a person allows', async () => {
    const before = market.requests().length;
    const { code, stdout } = await installation.runWith(
      { RUN_TIMEOUT_SECONDS: '30', POLYGON_REQUESTS_PER_MINUTE: '60' },
      'backfill',
      '--start-date',
      '2020-01-01',
      '--end-date',
      '2021-12-31',
      '--json',
    );
    expect(code).toBe(2);
    expect(errorOf(stdout).message).toMatch(/^the plan takes \d{3} s .* allows 30 s$/);
    expect(market.requests().length).toBe(before);
  });

  test('nothing running', async () => {
    const { code, stdout } = await commandLine({}).run(
      'run',
      'polygon-daily-ingestion',
      '--symbols',
      'AAPL',
      '--json',
    );
    expect(code).toBe(2);
    expect(errorOf(stdout)).toMatchObject({
      kind: 'NotRunning',
      remedy: expect.stringContaining('barwright up') as string,
    });
  });
});

test('config check names every mistake at once and shows no secret', async () => {
  const env = { POLYGON_API_KEY: 'canary', TEMPORAL_PORT: 'x', POLYGON_BASE_URL: 'nowhere', MARKET: 'moon' };
  const { code, stdout } = await installation.runWith(env, 'config', 'check', '--json');
  expect(code).toBe(2);
  expect((JSON.parse(stdout) as { problems: readonly string[] }).problems).toHaveLength(3);
  expect(stdout).not.toContain('canary');
});

test('the calendar is printed as sessions', async () => {
  const { stdout } = await installation.run(
    'calendar',
    '--from',
    '2026-11-26',
    '--to',
    '2026-11-27',
    '--json',
  );
  expect(JSON.parse(stdout)).toEqual({
    sessions: [
      {
        session: '2026-11-27',
        opensAt: '2026-11-27T14:30:00.000Z',
        closesAt: '2026-11-27T18:00:00.000Z',
        earlyClose: true,
      },
    ],
  });
});

test('the universe and the watchlist are kept apart, by lists of symbols', async () => {
  const list = async (...options: string[]) => {
    const { stdout } = await installation.run('symbols', 'list', ...options, '--json');
    return (JSON.parse(stdout) as { symbols: readonly { symbol: string }[] }).symbols.map(
      ({ symbol }) => symbol,
    );
  };
  expect(await installation.run('symbols', 'add', 'CpK,KO')).toMatchObject({ code: 0 });
  expect(await list()).toEqual(expect.arrayContaining(['CpK', 'KO']));
  expect(await list('--watched')).toEqual([]);
  expect(await installation.run('symbols', 'watch', 'KO,MSFT')).toMatchObject({ code: 0 });
  expect(await installation.run('symbols', 'remove', 'CpK,MSFT')).toMatchObject({ code: 0 });
  expect(await list()).not.toContain('CpK');
  expect(await list('--watched')).toEqual(['KO', 'MSFT']);
  expect(await installation.run('symbols', 'unwatch', 'KO,NOSUCH')).toMatchObject({ code: 2 });
  expect(await installation.run('symbols', 'unwatch', 'KO,MSFT')).toMatchObject({ code: 0 });
  expect(await list('--watched')).toEqual([]);
  expect(await list()).not.toContain('MSFT');
});

test('a worker in the foreground ends in order on Ctrl-C', async () => {
  const registered = async () => {
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from market.workers
      where pool = 'maintenance' and stopped_at is null`.execute(installation.store.db);
    return rows[0]?.count;
  };
  const before = await registered();
  const worker = installation.start('worker', '--pool', 'maintenance-pool');
  let said = '';
  worker.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await expect.poll(() => said, { timeout: 60_000 }).toContain('takes work');
  expect(await registered()).toBe((before ?? 0) + 1);
  worker.kill('SIGINT');
  const [code] = (await once(worker, 'exit')) as [number | null];
  expect({ code, said }).toEqual({
    code: 130,
    said: expect.stringContaining('takes no more work') as string,
  });
  expect(await registered()).toBe(before);
});
