import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBatchWriter } from '../../src/pipelines/loading/batch-writer.ts';
import { giveUpRun } from '../../src/pipelines/closing/end-run.ts';
import type { Loaded } from '../../src/pipelines/loading/load-outcomes.ts';
import { insertRequests } from '../../src/store/load-requests.ts';
import { insertLoads } from '../../src/store/load-runs.ts';
import { requireOpenRun } from '../../src/store/open-runs.ts';
import { addRunEvents } from '../../src/store/run-events.ts';
import { insertRun } from '../../src/store/runs.ts';
import { transaction } from '../../src/store/transaction.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { seededRandom } from '../support/faulty-splits.ts';

let store: TestDatabase;
beforeAll(async () => {
  store = await freshDatabase();
});
afterAll(() => store.close());

const range = { from: '2024-06-03', to: '2024-06-07' };
const days = ['2024-06-03', '2024-06-04', '2024-06-05', '2024-06-06', '2024-06-07'];
const symbols = ['AAA', 'BBB', 'CCC', 'DDD', 'EEE', 'FFF'];

interface Request {
  readonly id: number;
  readonly loadId: number | null;
}

/** A run that has planned some days of the whole market, and series of the symbols that these do not serve. */
async function plannedRun(marketDays: number, series: number) {
  const runId = randomUUID();
  const run = { runId, workflowId: runId, flow: 'test', parameters: {} };
  const sessions = { range, sessions: days, again: [] };
  await insertRun(store.db, { ...run, sessions, startedAt: '2024-06-08T00:00:00Z' });
  const loads = symbols.map((symbol, index) => ({ symbol, instrumentId: index + 1 }));
  await transaction(store, (tx) =>
    insertLoads(tx, { ...run, source: 'polygon', interval: '1d', range, loads }),
  );
  const { rows } = await sql<{ id: number }>`
    select id from market.load_runs where run_id = ${runId} order by id`.execute(store.db);
  const ids = rows.map(({ id }) => id);
  const wanted = [
    ...days.slice(0, marketDays).map((day) => ({ loadId: null, range: { from: day, to: day } })),
    ...ids.slice(0, series).map((loadId) => ({ loadId, range })),
  ];
  await transaction(store, (tx) => insertRequests(tx, { runId, wave: 1 }, wanted, 100));
  const requests = await sql<Request>`
    select id, load_id as "loadId" from market.load_requests where run_id = ${runId} order by id`.execute(
    store.db,
  );
  return { runId, requests: requests.rows, served: ids.slice(series) };
}

/** What an attempt makes of the answer to a request: a record of each load that it serves. */
function answerTo({ id, loadId }: Request, served: readonly number[]): Loaded {
  const status = loadId === null ? 'running' : 'success';
  const loads = loadId === null ? served : [loadId];
  return {
    request: { id, requests: 1, error: null },
    ...{ interval: '1d', bars: null, absences: [], rejected: [] },
    verdicts: loads.map((load) => ({
      ...{ loadId: load, instrumentId: load, symbol: `S${load}`, records: 1, status, error: null },
    })),
    events: [{ level: 'info', message: `answered: ${id}` }],
  };
}

async function stateOf(runId: string) {
  const { rows } = await sql<{
    status: string;
    requests: number;
    records: number;
    events: number;
    done: number;
    served: number;
    pending: number;
    open: number;
  }>`select run.status, run.requests,
      (select coalesce(sum(records_count), 0)::int from market.load_runs where run_id = ${runId}) as records,
      (select count(*)::int from market.run_events where run_id = ${runId} and message like 'answered%') as events,
      (select count(*)::int from market.load_requests where run_id = ${runId} and status = 'done') as done,
      (select coalesce(sum(case when load_id is null then (select count(*) from market.load_runs l
          where l.run_id = ${runId} and not exists (select from market.load_requests o where o.load_id = l.id)) else 1 end), 0)::int
        from market.load_requests where run_id = ${runId} and status = 'done') as served,
      (select count(*)::int from market.load_requests where run_id = ${runId} and status = 'pending') as pending,
      (select count(*)::int from market.load_runs where run_id = ${runId} and completed_at is null) as open
    from market.runs run where run_id = ${runId}`.execute(store.db);
  const [state] = rows;
  if (state === undefined) throw new Error('there is no such run');
  return state;
}

const seeds = Array.from({ length: 15 }, (_, index) => index + 1);
const cancelled = { kind: 'Cancelled', message: 'the run was cancelled' };

describe('two attempts of one batch', () => {
  /** Hands some of the answers over, in an order of its own, as a killed worker's attempt and its successor do. */
  async function attempt(
    { runId, requests, served }: Awaited<ReturnType<typeof plannedRun>>,
    random: () => number,
    share: number,
  ): Promise<void> {
    const writer = createBatchWriter(store, { source: 'polygon', runId });
    const order = requests.map((request) => ({ request, at: random() })).sort((a, b) => a.at - b.at);
    for (const { request } of order) {
      if (random() < share) await writer.add(answerTo(request, served));
      if (random() < 0.4) await writer.flush();
    }
    await writer.flush();
  }

  test.each(seeds)('count what a request brought once (%i)', async (seed) => {
    const random = seededRandom(seed);
    const run = await plannedRun(1 + Math.floor(random() * days.length), Math.floor(random() * 5));
    await Promise.all([attempt(run, random, 0.7), attempt(run, random, 0.7)]);
    await attempt(run, random, 1);
    const { done, served, pending, ...counted } = await stateOf(run.runId);
    expect({ done, pending }).toEqual({ done: run.requests.length, pending: 0 });
    expect(counted).toMatchObject({ requests: done, records: served, events: done });
  });

  test.each(seeds)('change nothing any more once the run is closed in their midst (%i)', async (seed) => {
    const random = seededRandom(100 + seed);
    const run = await plannedRun(1 + Math.floor(random() * days.length), Math.floor(random() * 5));
    const giveUp = () => giveUpRun(store, run.runId, { status: 'cancelled', error: cancelled });
    await Promise.all([attempt(run, random, 0.7), attempt(run, random, 0.7), giveUp()]);
    const closed = await stateOf(run.runId);
    expect(closed).toMatchObject({ status: 'cancelled', pending: 0, open: 0 });
    const { done, served, requests, records, events } = closed;
    expect({ requests, records, events }).toEqual({ requests: done, records: served, events: done });
    await attempt(run, random, 1);
    await giveUp();
    expect(await stateOf(run.runId)).toEqual(closed);
  });
});

test('a run that is closed takes no more requests, which says so', async () => {
  const { runId } = await plannedRun(1, 0);
  await giveUpRun(store, runId, { status: 'failed', error: cancelled });
  const late = transaction(store, (tx) =>
    insertRequests(tx, { runId, wave: 2 }, [{ loadId: null, range }], 10),
  );
  await expect(late).rejects.toMatchObject({ name: 'RunHasEnded' });
  expect(await stateOf(runId)).toMatchObject({ pending: 0, open: 0 });
});

test('the end of a run that the ledger does not know is no error', async () => {
  const summary = await giveUpRun(store, randomUUID(), { status: 'cancelled', error: cancelled });
  expect(summary).toMatchObject({ totalSymbols: 0, error: cancelled });
});

test('a run that is held against whoever closes it says what it does all the same', async () => {
  const { runId } = await plannedRun(1, 0);
  await transaction(store, async (tx) => {
    await requireOpenRun(tx, runId);
    await transaction(store, async (beside) => {
      await sql`set local lock_timeout = '5 s'`.execute(beside);
      await addRunEvents(beside, runId, [{ level: 'info', message: 'goes on' }]);
    });
  });
  const said = await sql`select message from market.run_events where run_id = ${runId}`.execute(store.db);
  expect(said.rows).toEqual([{ message: 'goes on' }]);
});
