import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addRunEvents } from '../../src/store/run-events.ts';
import { insertRun } from '../../src/store/runs.ts';
import type { MaintenanceSummary } from '../../src/runs/maintenance-request.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { emptyTables, ledgerTables } from '../support/empty-tables.ts';
import { startTestWorker, type FlowParameters, type TestWorker } from '../support/test-worker.ts';

const nominalTime = '2024-06-16T08:00:00Z';
/** Ninety days before that Sunday is March 18, which begins in New York at four o'clock, UTC. */
const lastExpired = '2024-03-18T03:59:59.999Z';
const firstKept = '2024-03-18T04:00:00.000Z';

let store: TestDatabase;
let worker: TestWorker;
const pieces = 10;

beforeAll(async () => {
  store = await freshDatabase();
  worker = await startTestWorker({ store, baseUrl: 'http://127.0.0.1:1', rowsAtOnce: pieces });
});
afterAll(async () => {
  await worker.stop();
  await store.close();
});
beforeEach(async () => {
  await emptyTables(store, ledgerTables);
});

/** A run of old with so many events; null: it still runs. */
async function earlierRun(closedAt: string | null, events: number): Promise<string> {
  const runId = randomUUID();
  const flow = 'polygon-daily-ingestion';
  const range = { from: '2024-01-02', to: '2024-01-02' };
  const sessions = { range, sessions: [], again: [] };
  const startedAt = '2024-01-03T02:00:00Z';
  await insertRun(store.db, {
    runId,
    workflowId: `${flow}/${runId}`,
    flow,
    parameters: {},
    sessions,
    startedAt,
  });
  const message = 'something happened';
  await addRunEvents(store.db, runId, Array(events).fill({ level: 'info', message }));
  if (closedAt !== null)
    await sql`update market.runs set status = 'completed', closed_at = ${closedAt} where run_id = ${runId}`.execute(
      store.db,
    );
  return runId;
}

async function eventsOf(runId: string): Promise<number> {
  const { rows } = await sql<{ events: number }>`
    select count(*)::int as events from market.run_events where run_id = ${runId}`.execute(store.db);
  return rows[0]?.events ?? 0;
}

/** How many statements wait for somebody else's to end. */
async function waiting(): Promise<number> {
  const { rows } = await sql<{ waiting: number }>`select count(*)::int as waiting from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`.execute(store.db);
  return rows[0]?.waiting ?? 0;
}

async function cleanUp(over: FlowParameters = {}, save?: string) {
  const { summary, runId } = await worker.run('maintenance-cleanup', { nominalTime, ...over }, save);
  return { summary: summary as unknown as MaintenanceSummary, runId };
}

async function ledgerOf(runId: string) {
  return store.db
    .selectFrom('market.runs')
    .select(['flow', 'status', 'summary'])
    .where('run_id', '=', runId)
    .executeTakeFirst();
}

describe('a clean-up', () => {
  test('takes the events of runs that ended before the retention, and no others', async () => {
    const gone = [await earlierRun('2024-01-03T03:00:00Z', 25), await earlierRun(lastExpired, 7)];
    const kept = [await earlierRun(firstKept, 8), await earlierRun('2024-06-15T02:00:00Z', 9)];
    const running = await earlierRun(null, 6);
    const { summary, runId } = await cleanUp({}, 'maintenance');
    expect(summary).toEqual({ dryRun: false, deleted: { run_events: 32 } });
    expect(await Promise.all(gone.map(eventsOf))).toEqual([0, 0]);
    expect(await Promise.all([...kept, running].map(eventsOf))).toEqual([8, 9, 6]);
    expect(await ledgerOf(runId)).toEqual({ flow: 'maintenance-cleanup', status: 'completed', summary });
    // The runs themselves stay.
    for (const run of gone) expect(await ledgerOf(run)).toMatchObject({ status: 'completed' });
  });

  test('a second time deletes nothing', async () => {
    await earlierRun(lastExpired, 25);
    await cleanUp();
    const { summary, runId } = await cleanUp();
    expect(summary).toEqual({ dryRun: false, deleted: { run_events: 0 } });
    expect(await ledgerOf(runId)).toMatchObject({ status: 'completed', summary });
  });

  test('that is dry counts all that would go, and deletes nothing', async () => {
    const expired = await earlierRun(lastExpired, 25);
    const { summary, runId } = await cleanUp({ dryRun: true });
    expect(summary).toEqual({ dryRun: true, deleted: { run_events: 25 } });
    expect(await eventsOf(expired)).toBe(25);
    expect(await ledgerOf(runId)).toMatchObject({ status: 'completed', summary });
    const { rows } = await sql<{ message: string }>`
      select message from market.run_events where run_id = ${runId} order by id desc limit 1`.execute(
      store.db,
    );
    expect(rows).toEqual([{ message: 'completed: 25 rows of run_events would go' }]);
  });

  test('keeps as many days as it is told', async () => {
    const yesterday = await earlierRun('2024-06-14T20:00:00Z', 3);
    expect((await cleanUp({ runEventsDays: 2 })).summary.deleted).toEqual({ run_events: 0 });
    expect((await cleanUp({ runEventsDays: 1 })).summary.deleted).toEqual({ run_events: 3 });
    expect(await eventsOf(yesterday)).toBe(0);
  });

  test('paused between two pieces deletes no other until it is resumed, and counts every row', async () => {
    const expired = await earlierRun(lastExpired, 45);
    // Somebody else holds a row of the second piece.
    const holder = await store.connect();
    await holder.query('begin');
    await holder.query(`select 1 from market.run_events where id = (
      select id from market.run_events where run_id = '${expired}' order by id offset ${pieces} limit 1) for update`);
    const handle = await worker.client.workflow.start<() => Promise<MaintenanceSummary>>(
      'maintenanceCleanup',
      {
        workflowId: `maintenance-cleanup/${randomUUID()}`,
        taskQueue: worker.taskQueue,
        args: [{ nominalTime }] as unknown as [],
      },
    );
    await expect.poll(() => eventsOf(expired), { timeout: 60_000 }).toBe(45 - pieces);
    await expect.poll(waiting, { timeout: 60_000 }).toBe(1);
    await handle.executeUpdate('pauseRun');
    await holder.query('rollback');
    holder.release();
    await expect.poll(() => eventsOf(expired), { timeout: 60_000 }).toBe(45 - 2 * pieces);
    // Another run does all its work meanwhile.
    expect((await cleanUp({ dryRun: true })).summary.deleted).toEqual({ run_events: 45 - 2 * pieces });
    expect(await eventsOf(expired)).toBe(45 - 2 * pieces);
    expect(await handle.query('runProgress')).toMatchObject({ phase: 'deleting', paused: true });
    await handle.executeUpdate('resumeRun');
    expect(await handle.result()).toEqual({ dryRun: false, deleted: { run_events: 45 } });
    expect(await eventsOf(expired)).toBe(0);
  });

  test('that is cancelled is closed as cancelled, and has taken whole pieces', async () => {
    const expired = await earlierRun(lastExpired, 25);
    const handle = await worker.client.workflow.start('maintenanceCleanup', {
      workflowId: `maintenance-cleanup/${randomUUID()}`,
      taskQueue: worker.taskQueue,
      args: [{ nominalTime }],
    });
    await handle.executeUpdate('pauseRun');
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
    const runId = (await handle.describe()).runId;
    expect(await ledgerOf(runId)).toMatchObject({ status: 'cancelled' });
    expect([0, 5, 15, 25]).toContain(await eventsOf(expired));
  });
});
