import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, inject, onTestFinished, test } from 'vitest';
import type { RunSummary } from '../../src/runs/run-summary.ts';
import { beginMisfitsAnew } from '../../src/pipelines/ledger/begin-misfits-anew.ts';
import { beginAnew, misfitOf } from '../../src/temporal/misfit-runs.ts';
import { namespaceIdOf } from '../../src/temporal/namespace-id.ts';
import type { StuckWorkflow } from '../../src/temporal/stuck-workflows.ts';
import { commandLine } from '../support/command-line.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { dailyTables, emptyTables } from '../support/empty-tables.ts';
import { quiet, rowsOf, serveMarket, ticker, type MarketServer } from '../support/scripted-market.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

const now = '2024-06-13T23:00:00Z';
const symbols = ['AAA', 'BBB', 'CCC'];
const rows = rowsOf('2024-01-02', '2024-03-28', () => quiet(50));
const soon = { timeout: 60_000 };

let store: TestDatabase;
let market: MarketServer;
/** Today's workflows with one step more. */
let later: string;
let steps = 0;
let release = Promise.withResolvers<undefined>();
/** A task queue without a worker, and a run that waits there while others are tried. */
const unserved = `unserved-${randomUUID()}`;
let connection: Connection;

beforeAll(async () => {
  connection = await Connection.connect({ address: inject('temporalAddress') });
  const { workflow } = new Client({ connection });
  await workflow.start('reconcileLedger', { workflowId: unserved, taskQueue: unserved });
  const folder = (file: string) => fileURLToPath(new URL(file, import.meta.url));
  const bundle = await bundleWorkflowCode({
    workflowsPath: folder('../../workflows/index.ts'),
    workflowInterceptorModules: [folder('../support/added-step.ts')],
    logger: new DefaultLogger('ERROR'),
  });
  later = bundle.code;
  store = await freshDatabase();
  const polygon = {
    tickers: symbols.map((symbol) => ticker(symbol)),
    bars: Object.fromEntries(symbols.map((symbol) => [symbol, rows])),
    splits: [],
    dividends: [],
  };
  const handle = (path: string) => (path.includes('/ticker/BBB/') ? release.promise : undefined);
  market = await serveMarket(() => ({ now, polygon, charts: {}, handle }));
});
afterAll(async () => {
  release.resolve(undefined);
  await new Client({ connection }).workflow.getHandle(unserved).terminate();
  await connection.close();
  await market.close();
  await store.close();
});
beforeEach(async () => {
  release.resolve(undefined);
  release = Promise.withResolvers();
  steps = 0;
  await emptyTables(store, [...dailyTables, 'turns']);
});

/** What is deployed one after the other: its workers work until the next takes over, or the test ends. */
function releases(): (which: 'today' | 'later') => Promise<TestWorker> {
  const taskQueue = `test-${randomUUID()}`;
  let current: TestWorker | null = null;
  onTestFinished(async () => current?.stop());
  return async (which) => {
    await current?.stop();
    const addedStep = () => Promise.resolve(void (steps += 1));
    const its = which === 'today' ? {} : { workflowBundle: later, alsoDoes: { addedStep } };
    current = await startTestWorker({ store, baseUrl: market.url, taskQueue, ...its });
    return current;
  };
}

type Backfill = WorkflowHandle<(input: unknown) => Promise<RunSummary>>;

/** A run under way: some of its answers have come, and one does not until it is released. */
async function underWay({ client, taskQueue }: TestWorker, name: string): Promise<Backfill> {
  const since = market.log.length;
  const handle = await client.workflow.start<(input: unknown) => Promise<RunSummary>>(
    'polygonHistoricalBackfill',
    {
      workflowId: `releases/${name}/${randomUUID()}`,
      taskQueue,
      args: [{ nominalTime: now, startDate: '2024-01-02', endDate: '2024-03-28', symbols }],
    },
  );
  const isAsked = () => market.log.slice(since).some((url) => url.includes('/ticker/BBB/'));
  await expect.poll(isAsked, soon).toBe(true);
  return handle;
}

const whole = { totalSymbols: 3, successful: 3, failed: 0, changedRecords: 3 * rows.length };

async function ledgerOf({ workflowId }: Backfill) {
  const { rows: runs } = await sql<{ status: string; loads: number }>`
    select status, (select count(*)::int from market.load_runs load
      where load.run_id = run.run_id and load.status = 'success') as loads
    from market.runs run where workflow_id = ${workflowId}`.execute(store.db);
  return runs;
}

const command = commandLine({ TEMPORAL_ADDRESS: inject('temporalAddress') });

/** What `barwright status` says is stuck, of workflows on a task queue. */
async function stuckBy(taskQueue: string): Promise<readonly StuckWorkflow[]> {
  const pools = ['DATA_INGESTION', 'ANALYTICS', 'MAINTENANCE'];
  const queues = Object.fromEntries(pools.map((pool) => [`TASK_QUEUE_${pool}`, taskQueue]));
  const { code, stdout } = await command.runWith({ ...queues, DATABASE_URL: store.url }, 'status', '--json');
  expect(code).toBe(1);
  return (JSON.parse(stdout) as { stuck: readonly StuckWorkflow[] }).stuck;
}

/** What the keeper of the ledger does about them. */
async function begunAnew(client: Client): Promise<readonly string[]> {
  const { namespace } = client.options;
  return beginMisfitsAnew({
    db: store.db,
    namespace: { namespace, namespaceId: await namespaceIdOf(client) },
    misfitOf: (run) => misfitOf(client, run),
    beginAnew: (run, reason) => beginAnew(client, run, reason),
    onUnknown: (_, error) => {
      throw error;
    },
  });
}

async function eventsOf({ workflowId }: Backfill): Promise<readonly string[]> {
  const { rows: events } = await sql<{ message: string }>`select message from market.run_events
    join market.runs using (run_id) where workflow_id = ${workflowId}`.execute(store.db);
  return events.map(({ message }) => message);
}

test('a step that a release adds is done by a run that was under way, and the run ends right', async () => {
  const deploy = releases();
  const run = await underWay(await deploy('today'), 'late');
  const worker = await deploy('later');
  release.resolve(undefined);
  expect(await worker.client.workflow.getHandle(run.workflowId).result()).toMatchObject(whole);
  expect(steps).toBe(1);
});

test('rolled back before the step is done, the run ends right without it', async () => {
  const deploy = releases();
  const run = await underWay(await deploy('later'), 'late');
  const worker = await deploy('today');
  release.resolve(undefined);
  expect(await worker.client.workflow.getHandle(run.workflowId).result()).toMatchObject(whole);
  expect(steps).toBe(0);
});

test('rolled back after it, the run is named with what to do, and begins anew with what is stored', async () => {
  const deploy = releases();
  const run = await underWay(await deploy('later'), 'early');
  expect(steps).toBe(1);
  const worker = await deploy('today');
  release.resolve(undefined);
  const stuckOn = () => stuckBy(worker.taskQueue);
  const cause = expect.stringMatching(/TMPRL1100/) as unknown;
  const its = { workflowId: run.workflowId, what: 'its workflow code', cause };
  await expect.poll(stuckOn, soon).toMatchObject([its]);
  const [stuck] = await stuckOn();
  expect(stuck?.remedy).toContain(
    `temporal workflow reset --workflow-id '${run.workflowId}' --type FirstWorkflowTask`,
  );
  await expect
    .poll(() => begunAnew(worker.client), { timeout: 90_000, interval: 1_000 })
    .toEqual([run.workflowId]);
  expect(await eventsOf(run)).toContainEqual(
    expect.stringMatching(/release does not fit what this run has done/),
  );
  expect(await worker.client.workflow.getHandle(run.workflowId).result()).toMatchObject(whole);
  expect(await ledgerOf(run)).toEqual([{ status: 'completed', loads: 3 }]);
  expect(await stuckOn()).toEqual([]);
});

test('a run that no worker serves is named with what to start', async () => {
  const cause = expect.stringMatching(/no worker/) as unknown;
  const remedy = expect.stringContaining('barwright worker --pool') as unknown;
  await expect.poll(() => stuckBy(unserved), soon).toMatchObject([{ workflowId: unserved, cause, remedy }]);
});
