import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { marketDataValidation } from '../../schedules/market-data-validation.ts';
import { requestFrom } from '../../src/flows/input.ts';
import { marketDataValidation as declared } from '../../src/flows/market-data-validation.ts';
import type { ValidationSummary } from '../../src/runs/validation-request.ts';
import { indicatorsDailyCalculation } from '../../schedules/indicators-daily-calculation.ts';
import { closeRun, insertRun } from '../../src/store/runs.ts';
import { keepPauses } from '../../src/store/schedule-pauses.ts';
import type { EndedRunStatus } from '../../src/store/schema.ts';
import type { RunProgress } from '../../workflows/orders.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { dailyTables, emptyTables } from '../support/empty-tables.ts';
import { scriptedCase } from '../support/scripted-case.ts';
import { quiet, rowsOf, ticker } from '../support/scripted-market.ts';
import { startTestWorker, type FlowParameters, type TestWorker } from '../support/test-worker.ts';

const session = '2024-06-14';
const nominalTime = '2024-06-15T01:30:00Z';
const range = { from: session, to: session };

describe('a scheduled validation', () => {
  let store: TestDatabase;
  let worker: TestWorker;

  beforeAll(async () => {
    store = await freshDatabase();
    worker = await startTestWorker({ store, baseUrl: 'http://127.0.0.1:1' });
  });
  afterAll(async () => {
    await worker.stop();
    await store.close();
  });
  beforeEach(async () => {
    await emptyTables(store, [...dailyTables, 'schedule_pauses', 'runs', 'run_events']);
  });

  /** Enters a run that is under way; returns what ends it. */
  async function entered(
    flow: string,
    { parent = null, over = {} }: { readonly parent?: string | null; readonly over?: object } = {},
  ) {
    const runId = randomUUID();
    await insertRun(store.db, {
      ...{ runId, workflowId: `${flow}/${runId}`, startedAt: nominalTime, flow, parentRunId: parent },
      parameters: { interval: '1d', ...over },
      sessions: { range, sessions: [session], again: [] },
    });
    const end = async (status: EndedRunStatus) => {
      if (status === 'completed') await holds(runId);
      await closeRun(store.db, runId, { status, summary: {} });
    };
    return { runId, end };
  }

  /** The flow ran for the session before. */
  async function ranBefore(flow: string): Promise<void> {
    const runId = randomUUID();
    const before = { from: '2024-06-13', to: '2024-06-13' };
    await insertRun(store.db, {
      ...{ runId, workflowId: `${flow}/${runId}`, startedAt: '2024-06-14T01:00:00Z', flow, parameters: {} },
      sessions: { range: before, sessions: [before.to], again: [] },
    });
    await closeRun(store.db, runId, { status: 'completed', summary: {} });
  }

  /** A run that has completed has loads of its session. */
  async function holds(runId: string): Promise<void> {
    await sql`insert into market.load_runs
      (workflow_id, run_id, symbol, data_source, interval, range_start, range_end, status)
      values ('x', ${runId}, 'ONE', 'polygon', '1d', ${session}, ${session}, 'success')`.execute(store.db);
  }

  const start = (over: FlowParameters = {}) =>
    worker.client.workflow.start<(input: FlowParameters) => Promise<ValidationSummary>>(
      'marketDataValidation',
      {
        workflowId: `validation/${randomUUID()}`,
        taskQueue: worker.taskQueue,
        args: [{ nominalTime, waitSeconds: 3, ...over }],
      },
    );
  type Handle = Awaited<ReturnType<typeof start>>;
  const lacks = async (handle: Handle) => {
    const { rows } = await sql<{ message: string }>`select message from market.run_events event
      join market.runs run using (run_id) where run.workflow_id = ${handle.workflowId}
      and message like 'waits for%' order by event.id desc limit 1`.execute(store.db);
    return rows[0]?.message ?? '';
  };

  test('waits for the bars, and then for the corporate actions', async () => {
    const bars = await entered('polygon-daily-ingestion');
    const handle = await start();
    const waits = async () => (await handle.query<RunProgress>('runProgress')).waits?.what;
    await expect.poll(waits, { timeout: 60_000 }).toContain(`the bars of ${session}`);
    expect(await lacks(handle)).toContain('polygon-daily-ingestion');
    const actions = await entered('sync-corporate-actions', { parent: bars.runId });
    await bars.end('completed');
    await actions.end('completed');
    expect(await handle.result()).toMatchObject({
      waitedFor: { session, seconds: 3 },
      wentOnWithout: null,
      cells: 0,
    });
    await worker.saveHistory(handle.workflowId, 'validation-waiting');
  });

  test.each([
    ['no run of the bars', () => ranBefore('polygon-daily-ingestion'), 'no run of polygon-daily-ingestion'],
    [
      'no corporate actions',
      async () => (await entered('polygon-daily-ingestion')).end('completed'),
      'corporate actions have not been asked for',
    ],
    [
      'corporate actions that are under way',
      async () => {
        const bars = await entered('polygon-daily-ingestion');
        await entered('sync-corporate-actions', { parent: bars.runId });
        await bars.end('completed');
      },
      'has not finished',
    ],
    [
      'a series that a split has had fetched again, still',
      async () => {
        const bars = await entered('polygon-daily-ingestion');
        const actions = await entered('sync-corporate-actions', { parent: bars.runId });
        await entered('yahoo-market-data-hourly', { parent: actions.runId, over: { symbols: ['ONE'] } });
        await actions.end('completed');
        await bars.end('completed');
      },
      'yahoo-market-data-hourly',
    ],
  ])('goes on after its wait with %s, and says so', async (_, arrange, said) => {
    await arrange();
    const handle = await start({ waitSeconds: 1 });
    const { waitedFor, wentOnWithout } = await handle.result();
    expect(waitedFor).toMatchObject({ session, seconds: 1 });
    expect(wentOnWithout).toContain(said);
    const { rows } = await sql<{ message: string }>`select message from market.run_events event
      join market.runs run using (run_id) where run.workflow_id = ${handle.workflowId} and level = 'warn'`.execute(
      store.db,
    );
    expect(rows.map(({ message }) => message)).toEqual([expect.stringContaining(said)]);
  });

  test.each([
    ['failed', async () => (await entered('polygon-daily-ingestion')).end('failed'), 'has failed'],
    [
      'are paused',
      async () => {
        await ranBefore('polygon-daily-ingestion');
        await keepPauses(store.db, 'here', [
          { id: 'polygon-daily-ingestion', note: 'moving house', paused: true },
        ]);
      },
      'it is paused',
    ],
  ])('does not wait for bars that have %s', async (_, arrange, said) => {
    await arrange();
    const { waitedFor, wentOnWithout } = await (await start({ waitSeconds: 3600 })).result();
    expect(waitedFor).toMatchObject({ seconds: 0 });
    expect(wentOnWithout).toContain(said);
  });

  test('waits for a watched source only where somebody is watched', async () => {
    const bars = await entered('polygon-daily-ingestion');
    const actions = await entered('sync-corporate-actions', { parent: bars.runId });
    await bars.end('completed');
    await actions.end('completed');
    expect((await (await start()).result()).wentOnWithout).toBeNull();
    await sql`insert into market.instruments (symbol, active, watched) values ('ONE', true, true)`.execute(
      store.db,
    );
    // Nobody has brought anything of it yet.
    expect((await (await start()).result()).wentOnWithout).toBeNull();
    await ranBefore('yahoo-market-data-hourly');
    const { wentOnWithout } = await (await start({ waitSeconds: 1 })).result();
    expect(wentOnWithout).toBe(`no run of yahoo-market-data-hourly for ${session}`);
  });
});

test('the indicators wait longer for the validation than it waits for bars', () => {
  const limit = (declaration: { readonly parameters: object }) =>
    (declaration.parameters as { readonly waitSeconds: number }).waitSeconds;
  expect(limit(indicatorsDailyCalculation)).toBeGreaterThan(limit(marketDataValidation) - 1800 + 600);
  expect(requestFrom(declared, { ...marketDataValidation.parameters }, nominalTime)).toMatchObject({
    waitSeconds: 5400,
  });
});

test('what a settlement settles is judged once more', async () => {
  const bars = Object.fromEntries(
    ['ONE', 'TWO'].map((name) => [name, rowsOf('2024-01-02', session, () => quiet(50))]),
  );
  const lab = await scriptedCase({
    now: '2024-06-18T16:00:00Z',
    polygon: { tickers: ['ONE', 'TWO'].map((symbol) => ticker(symbol)), bars },
  });
  await lab.worker.execute('syncUniverse', []);
  const settle = { nominalTime: '2024-06-18T16:00:00Z', sessions: 3 };
  const { runId } = await lab.worker.run('polygon-settlement', settle);
  await lab.worker.idle();
  const children = await lab.rows<{ workflow_id: string; status: string; summary: ValidationSummary }>(
    `select workflow_id, status, summary from market.runs where parent_run_id = '${runId}'`,
  );
  expect(children).toMatchObject([
    {
      workflow_id: expect.stringMatching(
        /^market-data-validation\/2024-06-13\.\.2024-06-17\/.*\/settled$/,
      ) as string,
      status: 'completed',
      summary: { sessions: 3, cells: 4 },
    },
  ]);
});
