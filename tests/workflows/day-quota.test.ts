import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from 'kysely';
import type { RunProgress } from '../../workflows/orders.ts';
import type { TestDatabase } from '../support/database.ts';
import { simulatedClock } from '../support/simulated-clock.ts';
import { startTestMarket, type TestMarket } from '../support/test-market.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

let store: TestDatabase;
let market: TestMarket;
let worker: TestWorker;

beforeAll(async () => {
  // Its day does not end meanwhile.
  ({ store } = await simulatedClock('2024-06-15T12:00:00Z'));
  market = await startTestMarket({ clock: '2024-06-15T12:00:00Z', symbols: 12 });
  // The lists of instruments are two of them.
  worker = await startTestWorker({ store, baseUrl: market.url, requestsPerDay: 4 });
});
afterAll(async () => {
  await worker.stop();
  await market.close();
  await store.close();
});

test('a run whose day is spent sleeps until the next one, says so, and does not go on meanwhile', async () => {
  const handle = await worker.client.workflow.start('polygonHistoricalBackfill', {
    workflowId: 'spends-its-day',
    taskQueue: worker.taskQueue,
    args: [{ startDate: '2024-06-03', endDate: '2024-06-14' }],
  });
  const waits = async () => (await handle.query<RunProgress>('runProgress')).waits?.what;
  await expect.poll(waits, { timeout: 120_000, interval: 100 }).toBe("the next day of polygon's budget");
  const { rows } = await sql<{ message: string }>`select message from market.run_events
    where run_id = ${handle.firstExecutionRunId} and data ->> 'kind' = 'DayQuotaSpent'`.execute(store.db);
  expect(rows[0]?.message).toMatch(/^the requests to polygon of this day are spent: nothing is asked until /);
  expect(market.requests()).toHaveLength(4);
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow();
  expect(market.requests()).toHaveLength(4);
});

test('lists that the day leaves no room for are waited for, and the wait is shown', async () => {
  const handle = await worker.client.workflow.start('syncUniverse', {
    workflowId: 'has-nothing-left',
    taskQueue: worker.taskQueue,
  });
  const waits = async () => (await handle.query<RunProgress>('runProgress')).waits?.what;
  await expect.poll(waits, { timeout: 120_000, interval: 100 }).toBe('the next day of the budget');
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow();
  expect(market.requests()).toHaveLength(4);
});
