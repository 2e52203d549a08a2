import { randomUUID } from 'node:crypto';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { flows, type FlowName } from '../../src/flows/index.ts';
import { steerRun, type Order } from '../../src/operations/steer-run.ts';
import { insertRun } from '../../src/store/runs.ts';
import { registerWorker, retireWorker } from '../../src/store/workers.ts';
import { ledgerKeeperId, wakeLedgerKeeper } from '../../src/temporal/ledger-keeper.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { dailyTables, emptyTables } from '../support/empty-tables.ts';
import {
  chartOf,
  quiet,
  rowsOf,
  serveMarket,
  ticker,
  type MarketServer,
  type ScriptedMarket,
} from '../support/scripted-market.ts';
import { refuseRows } from '../support/refuse-rows.ts';
import { startTestWorker, type FlowParameters, type TestWorker } from '../support/test-worker.ts';

const now = '2024-06-13T23:00:00Z';
const range = { startDate: '2024-01-02', endDate: '2024-03-28' };
const symbols = ['AAA', 'BBB', 'CCC'];
const rows = rowsOf('2023-12-01', '2024-06-13', () => quiet(50));

/** Requests whose path contains this are not answered, until it is changed. */
let held: string | null = null;
/** Requests whose path contains this are answered with an error. */
let failing: string | null = null;
let release = Promise.withResolvers<undefined>();
let store: TestDatabase;
let market: MarketServer;
let worker: TestWorker;

const scripted: ScriptedMarket = {
  now,
  polygon: {
    tickers: symbols.map((symbol) => ticker(symbol)),
    bars: Object.fromEntries(symbols.map((symbol) => [symbol, rows])),
    splits: [],
    dividends: [],
  },
  charts: Object.fromEntries(symbols.map((symbol) => [symbol, chartOf(symbol, rows)])),
  handle(path) {
    if (failing !== null && path.includes(failing)) return { status: 500, body: 'no' };
    return held !== null && path.includes(held) ? release.promise : undefined;
  },
};

beforeAll(async () => {
  store = await freshDatabase();
  market = await serveMarket(() => scripted);
  worker = await startTestWorker({
    store,
    baseUrl: market.url,
    analytics: true,
    keepsLedger: true,
    batchSize: 1,
    policy: { loadRetries: 1, retryDelaySeconds: 600, batchesPerExecution: 1 },
  });
  await worker.run('polygon-historical-backfill', { nominalTime: now, ...range, symbols });
});
afterAll(async () => {
  release.resolve(undefined);
  const keeper = worker.client.workflow.getHandle(ledgerKeeperId(worker.taskQueue));
  await worker.saveHistory(keeper.workflowId, 'reconcile-ledger');
  await keeper.terminate('the test is over');
  await worker.stop();
  await market.close();
  await store.close();
});
beforeEach(async () => {
  [held, failing] = [null, null];
  release.resolve(undefined);
  release = Promise.withResolvers();
  await emptyTables(store, [...dailyTables, 'provider_budgets', 'turns']);
});

type Handle = WorkflowHandleWithFirstExecutionRunId;

/** A flow that has come to a place of its way, where it stays until it is told something or the market answers. */
interface Phase {
  readonly flow: FlowName;
  readonly input: FlowParameters;
  readonly holds?: string;
  readonly fails?: string;
  readonly prepare?: () => Promise<unknown>;
  readonly reached: (handle: Handle, since: number) => Promise<unknown>;
}

const soon = { timeout: 60_000 };
const isAsked = (part: string) => (_: Handle, since: number) =>
  expect.poll(() => market.log.slice(since).some((url) => url.includes(part)), soon).toBe(true);
const isIn = (phase: object) => (handle: Handle) =>
  expect.poll(() => handle.query('runProgress'), soon).toMatchObject(phase);

const asked = { nominalTime: now, symbols };
/** Whatever is stored: the last request of a run that was terminated may still bring its bars. */
const again = { ...asked, ...range, incremental: false };
const phases: Readonly<Record<string, Phase>> = {
  'a backfill reading its lists': {
    flow: 'polygon-historical-backfill',
    input: { nominalTime: now, ...range },
    holds: '/v3/reference/tickers',
    prepare: () => emptyTables(store, ['reference_syncs']),
    reached: isAsked('/v3/reference/tickers'),
  },
  'a backfill looking a symbol up': {
    flow: 'polygon-historical-backfill',
    input: { nominalTime: now, ...range, symbols: ['ZZZ'] },
    holds: 'ZZZ',
    reached: isAsked('ZZZ'),
  },
  'a backfill loading': {
    flow: 'polygon-historical-backfill',
    input: again,
    holds: '/ticker/AAA/',
    reached: isAsked('/ticker/AAA/'),
  },
  'a backfill beyond a hand-over': {
    flow: 'polygon-historical-backfill',
    input: again,
    holds: '/ticker/CCC/',
    reached: isAsked('/ticker/CCC/'),
  },
  'a backfill waiting to retry': {
    flow: 'polygon-historical-backfill',
    input: again,
    fails: '/v2/aggs',
    reached: isIn({ phase: 'retry 1 of 1' }),
  },
  'a daily run loading': {
    flow: 'polygon-daily-ingestion',
    input: asked,
    holds: '/v2/aggs',
    reached: isAsked('/v2/aggs'),
  },
  'a settlement loading': {
    flow: 'polygon-settlement',
    input: asked,
    holds: '/v2/aggs',
    reached: isAsked('/v2/aggs'),
  },
  'a backfill waiting for its budget': {
    flow: 'polygon-historical-backfill',
    input: again,
    prepare: () => worker.budget.block(600_000),
    reached: isIn({ phase: 'loading', waits: { what: "a slot of polygon's budget" } }),
  },
  'a settlement comparing': {
    flow: 'polygon-settlement',
    input: { ...asked, sessions: 2 },
    holds: '/v2/aggs/ticker/',
    reached: isAsked('/v2/aggs/ticker/'),
  },
  'an hourly run reading statements': {
    flow: 'yahoo-market-data-hourly',
    input: { ...asked, interval: '1d', ...range, includeFundamentals: true },
    holds: '/fundamentals-timeseries/',
    reached: isAsked('/fundamentals-timeseries/'),
  },
  'an hourly run loading': {
    flow: 'yahoo-market-data-hourly',
    input: { ...asked, interval: '1d', ...range },
    holds: '/chart/AAA',
    reached: isAsked('/chart/AAA'),
  },
  'indicators waiting for bars': {
    flow: 'indicators-daily-calculation',
    input: { ...asked, dataSource: 'polygon', waitSeconds: 7_200 },
    reached: isIn({ phase: 'waiting' }),
  },
};

async function start({ flow, input }: Pick<Phase, 'flow' | 'input'>): Promise<Handle> {
  return worker.client.workflow.start(flows[flow].type, {
    workflowId: `orders/${randomUUID()}`,
    taskQueue: worker.taskQueue,
    args: [input],
  });
}

async function reach(phase: Phase): Promise<Handle> {
  await phase.prepare?.();
  [held, failing] = [phase.holds ?? null, phase.fails ?? null];
  const since = market.log.length;
  const handle = await start(phase);
  await phase.reached(handle, since);
  return handle;
}

async function ledgerOf({ firstExecutionRunId: runId }: Handle) {
  const run = await sql<{ status: string; closed: boolean }>`select status, closed_at is not null as closed
    from market.runs where run_id = ${runId}`.execute(store.db);
  const open = await sql<{ open: number }>`select count(*)::int as open from market.load_runs
    where run_id = ${runId} and completed_at is null`.execute(store.db);
  return { ...run.rows[0], openLoads: open.rows[0]?.open };
}
const statusOf = async (handle: Handle) => (await ledgerOf(handle)).status;

async function eventsOf({ firstExecutionRunId: runId }: Handle): Promise<readonly string[]> {
  const { rows: events } = await sql<{ message: string }>`select message from market.run_events
    where run_id = ${runId} order by id`.execute(store.db);
  return events.map(({ message }) => message);
}

const told = (handle: Handle, order: Order) =>
  steerRun({ client: worker.client, db: store.db, by: 'ann@desk' }, handle.firstExecutionRunId, order);

/** Nothing of it leaves any more, although the market answers again and others are served meanwhile. */
async function expectSilence(since: number): Promise<void> {
  [held, failing] = [null, null];
  release.resolve(undefined);
  await worker.run('maintenance-cleanup', { nominalTime: now, dryRun: true });
  expect(market.log.slice(since)).toEqual([]);
}

const ended = { closed: true, openLoads: 0 };

describe.each(Object.entries(phases))('%s', (name, phase) => {
  test('ends when it is cancelled, and nothing leaves after that', async () => {
    const handle = await reach(phase);
    await worker.saveHistory(handle.workflowId, `under-way-${name.replaceAll(' ', '-')}`);
    await told(handle, { verb: 'cancel' });
    await expect.poll(async () => (await handle.describe()).status.name, soon).toBe('CANCELLED');
    const since = market.log.length;
    expect(await ledgerOf(handle)).toEqual({ status: 'cancelled', ...ended });
    expect(await eventsOf(handle)).toContainEqual(expect.stringMatching(/^told to end by \S+/));
    await expectSilence(since);
    const again = told(handle, { verb: 'cancel' });
    await expect(again).rejects.toMatchObject({ name: 'OrderRefused', message: /has ended: cancelled/ });
  });

  test('stands still while it is paused, by whom it says, and goes on when it is resumed', async () => {
    const handle = await reach(phase);
    await told(handle, { verb: 'pause' });
    await expect.poll(() => statusOf(handle), soon).toBe('paused');
    const since = market.log.length;
    await expectSilence(since);
    await handle.executeUpdate('resumeRun');
    expect(await statusOf(handle)).toBe('running');
    expect(await eventsOf(handle)).toEqual(
      expect.arrayContaining(['paused by ann@desk', 'resumed by somebody, through Temporal']),
    );
    await handle.cancel();
    await handle.result().catch(() => undefined);
    expect((await ledgerOf(handle)).closed).toBe(true);
  });

  test('is terminated in the ledger when somebody terminates it in Temporal', async () => {
    const handle = await reach(phase);
    await handle.terminate('enough of it');
    await wakeLedgerKeeper(worker.client, worker.taskQueue);
    await expect.poll(() => ledgerOf(handle), soon).toEqual({ status: 'terminated', ...ended });
    expect(await eventsOf(handle)).toContainEqual(
      expect.stringMatching(/^terminated in Temporal by .*: enough/),
    );
    const late = told(handle, { verb: 'pause' });
    await expect(late).rejects.toMatchObject({ name: 'OrderRefused', message: /has ended: terminated/ });
  });
});

describe('a run that is closing', () => {
  test('refuses orders at once, in words, and ends by itself as it would have', async () => {
    const phase = phases['a backfill loading'] as Phase;
    const handle = await reach(phase);
    const when = `new.closed_at is not null and new.run_id = '${handle.firstExecutionRunId}'`;
    const allow = await refuseRows(store, { table: 'market.runs', event: 'update', when, state: '53100' });
    held = null;
    release.resolve(undefined);
    await isIn({ closing: true })(handle);
    const message = /is closing/;
    for (const order of [{ verb: 'cancel' }, { verb: 'pause' }] as const)
      await expect(told(handle, order)).rejects.toMatchObject({ name: 'OrderRefused', message });
    await handle.cancel();
    await expect
      .poll(() => eventsOf(handle), soon)
      .toContainEqual(expect.stringMatching(/told to end by .*, too late/));
    expect(await statusOf(handle)).toBe('running');
    await allow();
    expect(await handle.result()).toMatchObject({ totalSymbols: 3, failed: 0 });
    expect(await ledgerOf(handle)).toEqual({ status: 'completed', ...ended });
  });
});

describe('a run that is told to be for another range', () => {
  test('says so, and by whom', async () => {
    const handle = await reach(phases['a backfill loading'] as Phase);
    const change = { from: '2024-05-01', to: '2024-05-31' };
    await told(handle, { verb: 'change', range: change });
    await expect
      .poll(() => eventsOf(handle), soon)
      .toContain('told to be for another range, 2024-05-01 .. 2024-05-31 by ann@desk');
    await told(handle, { verb: 'cancel' });
  });

  test.each([
    ['a weekend', { from: '2024-06-08', to: '2024-06-09' }, 'there is no session'],
    ['a day whose session has not closed', { from: '2024-06-13', to: '2024-06-13' }, 'no session had closed'],
  ])('of %s refuses it, and goes on for its own', async (_, nothing, says) => {
    const phase = phases['a backfill loading'] as Phase;
    const early = { ...phase, input: { ...phase.input, nominalTime: '2024-06-13T15:00:00Z' } };
    const handle = await reach(early);
    const refused = { name: 'OrderRefused', message: expect.stringContaining(says) as unknown };
    await expect(told(handle, { verb: 'change', range: nothing })).rejects.toMatchObject(refused);
    expect(await eventsOf(handle)).not.toContainEqual(expect.stringMatching(/another range/));
    held = null;
    release.resolve(undefined);
    expect(await handle.result()).toMatchObject({ totalSymbols: 3, failed: 0 });
  });
});

describe('the keeper of the ledger', () => {
  const sessions = { range: { from: '2024-06-13', to: '2024-06-13' }, sessions: [], again: [] };
  const entered = async (over: object) => {
    const run = {
      runId: randomUUID(),
      workflowId: `orders/${randomUUID()}`,
      flow: 'polygon-daily-ingestion',
      parameters: {},
      sessions,
      startedAt: now,
      ...over,
    };
    await insertRun(store.db, run);
    return { ...run, firstExecutionRunId: run.runId } as unknown as Handle;
  };

  test('closes what Temporal does not know any more, and leaves what runs, waits, or is of another namespace', async () => {
    const running = await reach(phases['a backfill beyond a hand-over'] as Phase);
    const elsewhere = await entered({ namespace: 'another' });
    const lost = await entered({});
    // Another run has its id now.
    const former = await entered({ workflowId: running.workflowId });
    await wakeLedgerKeeper(worker.client, worker.taskQueue);
    await expect.poll(() => statusOf(lost), soon).toBe('terminated');
    await expect.poll(() => statusOf(former), soon).toBe('terminated');
    expect([await statusOf(running), await statusOf(elsewhere)]).toEqual(['running', 'running']);
    await told(running, { verb: 'cancel' });
  });

  test('closes what ran on a server that is gone, and leaves what runs on another that works', async () => {
    const at = (name: string) => entered({ namespaceId: `${name} server` });
    const [gone, working] = [await at('a lost'), await at('another')];
    const worker2 = { identity: 'far', pool: 'maintenance', host: 'far', pid: 1, market: 'live' };
    const its = { baseUrls: {}, keyFingerprint: null, namespaceId: 'another server' };
    await registerWorker(store.db, { ...worker2, ...its }, []);
    await wakeLedgerKeeper(worker.client, worker.taskQueue);
    await expect.poll(() => statusOf(gone), soon).toBe('terminated');
    expect(await eventsOf(gone)).toContainEqual(expect.stringMatching(/server that it ran on is gone/));
    expect(await statusOf(working)).toBe('running');
    await retireWorker(store.db, 'far');
    await wakeLedgerKeeper(worker.client, worker.taskQueue);
    await expect.poll(() => statusOf(working), soon).toBe('terminated');
  });

  test('lets indicators go on without an ingestion that was terminated, and they say so', async () => {
    const nominalTime = '2024-06-14T02:00:00Z';
    held = '/v2/aggs';
    const since = market.log.length;
    await sql`update market.instruments set watched = true where symbol = 'AAA'`.execute(store.db);
    const ingestion = await start({ flow: 'polygon-daily-ingestion', input: { nominalTime } });
    await isAsked('/v2/aggs')(ingestion, since);
    const input = { nominalTime, symbols: ['AAA'], dataSource: 'polygon', waitSeconds: 7_200 };
    await ingestion.terminate();
    await wakeLedgerKeeper(worker.client, worker.taskQueue);
    await expect.poll(() => statusOf(ingestion), soon).toBe('terminated');
    const indicators = await start({ flow: 'indicators-daily-calculation', input });
    const summary: unknown = await indicators.result();
    expect(summary).toMatchObject({ wentOnWithout: expect.stringMatching(/was terminated$/) as unknown });
  });
});
