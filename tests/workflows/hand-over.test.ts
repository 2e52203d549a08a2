import { randomUUID } from 'node:crypto';
import type { WorkflowHandle, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import type { RunSummary } from '../../src/runs/run-summary.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { dailyTables, emptyTables, ledgerTables } from '../support/empty-tables.ts';
import { waitingLocks } from '../support/waiting-locks.ts';
import { startTestMarket, type TestMarket } from '../support/test-market.ts';
import {
  startTestWorker,
  type FlowParameters,
  type TestWorker,
  type TestWorkerOptions,
} from '../support/test-worker.ts';

const clock = '2024-06-13T16:00:00Z';
const symbols = ['AAPL', 'IBM', 'KO', 'MSFT'];
const firstQuarter = { from: '2024-01-01', to: '2024-03-31' };
const quarter = sessionsBetween(firstQuarter).length;
const april = { from: '2024-04-01', to: '2024-04-30' };

let store: TestDatabase;
let market: TestMarket;

beforeAll(async () => {
  store = await freshDatabase();
  market = await startTestMarket({ clock });
  const own = await startWorker({});
  await own.run('polygon-daily-ingestion', { nominalTime: clock, symbols });
  await own.idle();
  await own.stop();
});
afterAll(async () => {
  await market.close();
  await store.close();
});
beforeEach(async () => {
  await emptyTables(store, [...dailyTables, ...ledgerTables]);
});

/** One batch at a time, and one to an execution. */
const startWorker = (options: Partial<TestWorkerOptions>) =>
  startTestWorker({
    store,
    baseUrl: market.url,
    batchSize: 1,
    ...options,
    policy: { batchesPerExecution: 1 },
  });

/** One that stays until the test ends. */
async function worker(options: Partial<TestWorkerOptions>): Promise<TestWorker> {
  const own = await startWorker(options);
  onTestFinished(() => own.stop());
  return own;
}

type Backfill = (parameters: FlowParameters) => Promise<RunSummary>;
type BackfillHandle = WorkflowHandleWithFirstExecutionRunId<Backfill>;

const start = ({ client, taskQueue }: TestWorker, over: FlowParameters = {}): Promise<BackfillHandle> =>
  client.workflow.start<Backfill>('polygonHistoricalBackfill', {
    workflowId: `hand-over/${randomUUID()}`,
    taskQueue,
    args: [{ nominalTime: clock, startDate: firstQuarter.from, endDate: firstQuarter.to, symbols, ...over }],
  });

const loading = (handle: WorkflowHandle) =>
  expect.poll(() => handle.query('runProgress'), { timeout: 60_000 }).toMatchObject({ phase: 'loading' });

/** The days that loads are for, and how many bars are there. */
async function outcome() {
  const { rows } = await sql`select min(range_start)::text as from, max(range_end)::text as to,
    count(distinct run_id)::int as runs, (select count(*)::int from market.daily_bars) as bars
    from market.load_runs`.execute(store.db);
  return rows[0];
}

const barRequests = () => market.requests().filter(({ endpoint }) => endpoint === 'aggregates').length;

/** Nobody can write bars while something is done: a batch that is asked meanwhile does not end. */
async function whileBarsAreHeld<T>(work: () => Promise<T>): Promise<T> {
  const holder = await store.connect();
  await holder.query('begin');
  await holder.query('lock table market.daily_bars in exclusive mode');
  try {
    return await work();
  } finally {
    await holder.query('rollback');
    holder.release();
  }
}

/** How many batches wait for the hold to end. */
const openWrites = () => waitingLocks(store.db, 'market.daily_bars');

/** True once the result of a batch waits for somebody to decide what follows. */
async function batchIsDone(handle: WorkflowHandle): Promise<boolean> {
  const events = (await handle.fetchHistory()).events ?? [];
  const begun = events.find((event) => {
    return event.activityTaskScheduledEventAttributes?.activityType?.name === 'loadBatch';
  });
  const ended = events.flatMap((event) => event.activityTaskCompletedEventAttributes ?? []);
  return ended.some(({ scheduledEventId }) => String(scheduledEventId) === String(begun?.eventId));
}

/** Whether the workflow has decided on an activity: what is told it from then on comes after the decision. */
async function isAskedFor(handle: WorkflowHandle, activity: string): Promise<boolean> {
  const events = (await handle.fetchHistory()).events ?? [];
  return events.some((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === activity);
}

/**
 * A run of four batches whose workflow nobody decides while its first batch ends: what is told it then comes in the same
 * task as the result that makes it hand over. Returns once it is told, with who decides from then on.
 */
async function toldWhileHandingOver(
  hands: TestWorker,
  tell: (handle: BackfillHandle) => Promise<unknown>,
  over: FlowParameters = {},
) {
  const { taskQueue } = hands;
  const before = await startWorker({ taskQueue, serves: 'workflows' });
  const handle = await whileBarsAreHeld(async () => {
    const begun = await start(hands, over);
    await loading(begun);
    await before.stop();
    return begun;
  });
  await expect.poll(() => batchIsDone(handle), { timeout: 60_000 }).toBe(true);
  const told = tell(handle);
  const after = await worker({ taskQueue, serves: 'workflows' });
  await told;
  return { handle, after };
}

describe('an order in the moment of handing over to another execution', () => {
  test('to pause holds the next one until it is resumed, and then everything comes', async () => {
    const hands = await worker({ serves: 'activities' });
    const { handle, after } = await toldWhileHandingOver(hands, (run) => run.executeUpdate('pauseRun'));
    const paused = { phase: 'paused', paused: true, batchesDone: 1, batches: 4 };
    await expect.poll(() => handle.query('runProgress'), { timeout: 60_000 }).toMatchObject(paused);
    const { runId } = await after.client.workflow.getHandle(handle.workflowId).describe();
    expect(runId).not.toBe(handle.firstExecutionRunId);
    const since = barRequests();
    // Another run does all its work meanwhile.
    const other = { nominalTime: clock, startDate: '2024-05-01', endDate: '2024-05-31', symbols: ['PG'] };
    expect((await after.run('polygon-historical-backfill', other)).summary).toMatchObject({ successful: 1 });
    expect(barRequests() - since).toBe(1);
    expect(await handle.query('runProgress')).toMatchObject(paused);
    await handle.executeUpdate('resumeRun');
    const changedRecords = symbols.length * quarter;
    expect(await handle.result()).toMatchObject({ successful: 4, failed: 0, changedRecords, requests: 4 });
  });

  test('for another range is not lost: that range is loaded', async () => {
    const hands = await worker({ serves: 'activities' });
    const { handle } = await toldWhileHandingOver(hands, (run) =>
      run.executeUpdate('changeRange', { args: [april] }),
    );
    expect(await handle.result()).toMatchObject({ totalSymbols: 4, successful: 4, failed: 0 });
    const bars = quarter + symbols.length * sessionsBetween(april).length;
    expect(await outcome()).toEqual({ ...april, runs: 1, bars });
  });
});

describe('an order at the end of a run', () => {
  const one = { symbols: ['KO'] };

  test('for another range with the result of the last batch is not lost: that range is loaded', async () => {
    const hands = await worker({ serves: 'activities' });
    const { handle } = await toldWhileHandingOver(
      hands,
      (run) => run.executeUpdate('changeRange', { args: [april] }),
      one,
    );
    expect(await handle.result()).toMatchObject({ totalSymbols: 1, successful: 1, failed: 0 });
    expect(await outcome()).toEqual({ ...april, runs: 1, bars: quarter + sessionsBetween(april).length });
  });

  test('comes too late once everything is loaded: it is refused', async () => {
    const decider = await worker({ serves: 'workflows' });
    const { taskQueue } = decider;
    const hands = await startWorker({ taskQueue, serves: 'activities' });
    const [handle, stopping] = await whileBarsAreHeld(async () => {
      const begun = await start(decider, one);
      await loading(begun);
      await expect.poll(openWrites, { timeout: 60_000 }).toBe(1);
      return [begun, hands.stop()] as const;
    });
    // It ends the batch and begins nothing else: nobody writes the summary yet.
    await stopping;
    await expect.poll(() => isAskedFor(handle, 'finishRun'), { timeout: 60_000 }).toBe(true);
    for (const order of [
      () => handle.executeUpdate('changeRange', { args: [april] }),
      () => handle.executeUpdate('pauseRun'),
    ]) {
      const message = 'it comes too late: the run is closing, and ends by itself';
      await expect(order()).rejects.toMatchObject({ cause: { message } });
    }
    await worker({ taskQueue, serves: 'activities' });
    expect(await handle.result()).toMatchObject({ successful: 1, changedRecords: quarter });
    expect(await outcome()).toEqual({ ...firstQuarter, runs: 1, bars: quarter });
  });
});
