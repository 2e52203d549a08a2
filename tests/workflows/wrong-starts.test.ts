import { randomUUID } from 'node:crypto';
import { METADATA_ENCODING_KEY, RawValue } from '@temporalio/common';
import { encode } from '@temporalio/common/lib/encoding.js';
import type { WorkflowHandle } from '@temporalio/client';
import { sql } from 'kysely';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flowNames, flows } from '../../src/flows/index.ts';
import { runFlowNames, runFlowOf } from '../../src/flows/run-flows.ts';
import { workflowPools } from '../../src/flows/other-workflows.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { startTestMarket, type TestMarket } from '../support/test-market.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

const nominalTime = '2024-06-13T16:00:00Z';

let store: TestDatabase;
let market: TestMarket;
let worker: TestWorker;

beforeAll(async () => {
  store = await freshDatabase();
  market = await startTestMarket({ clock: nominalTime, symbols: 20 });
  worker = await startTestWorker({ store, baseUrl: market.url, analytics: true, outageMs: 1 });
});
afterAll(async () => {
  await worker.stop();
  await market.close();
  await store.close();
});

const start = (type: string, args: readonly unknown[], by = worker): Promise<WorkflowHandle> =>
  by.client.workflow.start(type, {
    workflowId: `wrong/${randomUUID()}`,
    taskQueue: by.taskQueue,
    args: [...args],
  });

/** Ends as failed for good, saying so. */
async function expectFailure(handle: WorkflowHandle, type: string, says: string): Promise<void> {
  await expect(handle.result()).rejects.toMatchObject({
    cause: { type, message: expect.stringContaining(says) as unknown },
  });
}

async function runOf({ workflowId }: WorkflowHandle) {
  const { rows } = await sql<{ status: string; error: string | null }>`
    select status, summary -> 'error' ->> 'message' as error from market.runs where workflow_id = ${workflowId}`.execute(
    store.db,
  );
  return rows;
}

async function attributesOf(handle: WorkflowHandle): Promise<object> {
  const { typedSearchAttributes } = await handle.describe();
  return Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
}

const invalid = 'InvalidInput';
const backfill = 'polygonHistoricalBackfill';
/** Its one session is still open. */
const underWay = {
  ...{ startDate: '2024-06-07', endDate: '2024-06-07' },
  ...{ nominalTime: '2024-06-07T15:00:00Z', symbols: ['AAPL'] },
};
const weekend = { startDate: '2024-06-08', endDate: '2024-06-09', nominalTime, symbols: ['AAPL'] };

type Wrong = readonly [type: string, args: readonly unknown[], error: string, says: string];

const wrong: readonly Wrong[] = [
  ['polygonBackfill', [], 'UnknownWorkflow', 'there are indicatorsDailyCalculation, maintenanceCleanup'],
  ['polygon-historical-backfill', [{}], 'UnknownWorkflow', 'polygonHistoricalBackfill'],
  ['syncUniverse', ['all'], invalid, 'sync-universe: the input must be an object of parameters, not "all"'],
  ['syncUniverse', [{ source: 'yahoo' }], invalid, 'source must be one of polygon, not "yahoo"'],
  ['syncUniverse', [{ lists: [] }], invalid, 'lists must be at least one list'],
  ['watchSymbols', [], invalid, 'symbols must be a list of symbols'],
  ['watchSymbols', [{ symbols: 'AAPL' }], invalid, 'symbols must be a list of symbols, not "AAPL"'],
  ['watchSymbols', [{ symbols: ['A\0'] }], invalid, 'symbols.0 must be a ticker'],
  ['watchSymbols', [{ symbols: ['AAPL'], seconds: 'x' }], invalid, 'seconds must be a whole number'],
  ['watchSymbols', [{ symbols: ['AAPL'], list: 'x' }], invalid, 'list must be one of watchlist, universe'],
  ['syncCorporateActions', [], invalid, 'workflowId must be a workflow id; runId must be a run id'],
  ['startScheduledRun', [], invalid, 'flow must be one of polygon-daily-ingestion'],
  ['startScheduledRun', [{ flow: 'x', parameters: {} }], invalid, 'flow must be one of'],
  [
    'startScheduledRun',
    [{ flow: 'polygon-daily-ingestion', parameters: { daysBack: 'x' } }],
    invalid,
    'daysBack must be a whole number from 0 up, not "x"',
  ],
  [backfill, [underWay], 'ContradictoryParameters', 'no session of startDate 2024-06-07'],
  [backfill, [weekend, weekend], invalid, 'the input must be one object of parameters'],
  [backfill, [weekend, { policy: {}, state: {} }], invalid, 'the input must be one object of parameters'],
  [backfill, [new Uint8Array(3)], invalid, 'the input must be an object of parameters, not 3 bytes'],
  [backfill, [{ ...weekend, startDate: '0001-01-01' }], invalid, 'startDate must be a calendar date'],
  [backfill, [{ ...weekend, endDate: '9999-12-31' }], invalid, 'endDate must be a calendar date'],
  [backfill, [{ ...weekend, nominalTime: '2199-01-01T00:00:00Z' }], 'ContradictoryParameters', 'nominalTime'],
  [
    backfill,
    [{ ...weekend, maxSymbols: -1 }],
    invalid,
    'maxSymbols must be a whole number from 1 up, not -1',
  ],
  [backfill, [{ ...weekend, symbols: ['ÄÖÜ'] }], invalid, 'symbols.0 must be a ticker, not "ÄÖÜ"'],
  [backfill, [{ daysBack: 1 }], invalid, 'daysBack must be no parameter'],
  [
    backfill,
    [{ ...weekend, symbols: Array<string>(120_000).fill('AAPL') }],
    invalid,
    'symbols must be at most 50,000 symbols',
  ],
  ['polygonDailyIngestion', [{ daysBack: 1e9 }], invalid, 'daysBack must be at most 36,525'],
  ['polygonDailyIngestion', [{ daysBack: 36_525 }], 'ContradictoryParameters', 'daysBack goes back to'],
  ['polygonSettlement', [{ sessions: 1e9 }], invalid, 'sessions must be at most 36,525'],
  [
    'yahooMarketDataHourly',
    [{ reachBackDays: 36_525 }],
    'ContradictoryParameters',
    'reachBackDays goes back',
  ],
  ['maintenanceCleanup', [{ runEventsDays: 1e9 }], invalid, 'runEventsDays must be at most 36,525'],
  ['indicatorsDailyCalculation', [{ waitSeconds: 1e9 }], invalid, 'waitSeconds must be at most 604,800'],
  ['indicatorsDailyCalculation', [weekend], 'ContradictoryParameters', 'no session of a range'],
];

describe('a start that is none', () => {
  test.concurrent.each(wrong.map((one) => [one[0], one[3], one] as const))(
    '%s fails: %s',
    async (_, __, [type, args, error, says]) => {
      const handle = await start(type, args);
      await expectFailure(handle, error, says);
      const flow = runFlowNames.find((name) => runFlowOf(name)?.type === type);
      if (flow === undefined) {
        expect(await runOf(handle)).toEqual([]);
        return;
      }
      expect(await runOf(handle)).toMatchObject([{ status: 'failed' }]);
      expect(await attributesOf(handle)).toMatchObject({ Pipeline: flow, Outcome: 'failed' });
    },
  );

  const payloadOf = (encoding: string, data: string) =>
    RawValue.fromPayload({
      metadata: { [METADATA_ENCODING_KEY]: encode(encoding) },
      data: encode(data),
    });

  test.concurrent.each(
    [...workflowPools.keys()].flatMap(
      (type) =>
        [
          [type, 'binary/encrypted'],
          [type, 'json/plain'],
        ] as const,
    ),
  )('input of %s that cannot be read, %s, fails it', async (type, encoding) => {
    const handle = await start(type, [payloadOf(encoding, '{"symbols":')]);
    await expectFailure(handle, invalid, '11 bytes that are no JSON');
  });
});

test('a workflow that there is not fails under any name', async () => {
  const handle = await start('default', []);
  await expectFailure(handle, 'UnknownWorkflow', 'there is no workflow "default"');
  await worker.saveHistory(handle.workflowId, 'unknown-workflow');
});

test('a workflow on the task queue of another pool fails at once and names the right one', async () => {
  const analytics = await startTestWorker({ store, baseUrl: market.url, served: 'analytics' });
  try {
    const elsewhere = [...workflowPools].filter(([, pool]) => pool !== 'analytics' && pool !== null);
    const inputs: Readonly<Record<string, object>> = {
      polygonHistoricalBackfill: { startDate: '2024-06-03', endDate: '2024-06-04' },
      watchSymbols: { symbols: ['AAPL'] },
      syncCorporateActions: {
        ...{ workflowId: 'x', runId: randomUUID(), flow: 'polygon-daily-ingestion', startedAt: nominalTime },
        request: { nominalTime, source: 'polygon', interval: '1d' },
      },
    };
    const asked = elsewhere.map(async ([type, pool]) => {
      const handle = await start(
        type,
        [inputs[type]].filter((input) => input !== undefined),
        analytics,
      );
      await expect(handle.result()).rejects.toMatchObject({
        cause: { type: 'WrongTaskQueue', message: expect.stringContaining(`${pool ?? ''}-pool`) as unknown },
      });
    });
    await Promise.all(asked);
    const firing = { flow: 'polygon-daily-ingestion', parameters: {} };
    const launched = await start('startScheduledRun', [firing], analytics);
    await expect(launched.result()).rejects.toMatchObject({ cause: { type: 'WrongTaskQueue' } });
    const { rows } = await sql`select 1 from market.runs where status = 'running'`.execute(store.db);
    expect(rows).toEqual([]);
  } finally {
    await analytics.stop();
  }
});

test('any JSON ends every flow, and completed means asked', async () => {
  const own = flowNames.flatMap((name) => Object.keys(flows[name].parameters.shape));
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom('2024-06-03', '2024-06-12', '2024-06-08', nominalTime, '1h', true, 1, 3),
    fc.constant(['AAPL']),
  );
  const input = fc.array(fc.tuple(fc.constantFrom(...own), value), { maxLength: 3 }).map(Object.fromEntries);
  const anything = fc.tuple(fc.constantFrom(...flowNames), fc.oneof(input, fc.jsonValue({ maxDepth: 2 })));
  const handles = await Promise.all(
    fc.sample(anything, { seed: 13, numRuns: 100 }).map(([name, json]) => {
      const fixed = typeof json === 'object' && json !== null && !Array.isArray(json);
      return start(flows[name].type, [fixed ? { nominalTime, symbols: ['AAPL'], ...json } : json]);
    }),
  );
  const ends = await Promise.all(
    handles.map((handle) =>
      handle.result().then(
        () => 'completed',
        () => 'failed',
      ),
    ),
  );
  const entered = await Promise.all(handles.map(runOf));
  expect(entered.map(([run]) => run?.status)).toEqual(ends);
  const { rows } =
    await sql`select flow from market.runs where workflow_id like 'wrong/%' and status = 'completed'
    and flow <> 'maintenance-cleanup' and parent_run_id is null and jsonb_array_length(sessions -> 'sessions') = 0`.execute(
      store.db,
    );
  expect(rows).toEqual([]);
});

const days = { startDate: '2024-06-03', endDate: '2024-06-04', nominalTime, symbols: ['AAPL'] };

describe('a database that', () => {
  const raising = (code: string) =>
    sql`create or replace function market.refuse() returns trigger language plpgsql as ${sql.lit(
      `begin raise exception 'not now' using errcode = '${code}'; end`,
    )}`.execute(store.db);
  const refuse = async (code: string) => {
    await raising(code);
    await sql`create trigger refuse before insert on market.load_runs execute function market.refuse()`.execute(
      store.db,
    );
  };
  const relent = () => sql`drop trigger refuse on market.load_runs`.execute(store.db);

  test('refuses for good fails the run, with the cause in the ledger', async () => {
    await refuse('23514');
    const handle = await start(backfill, [days]);
    await expect(handle.result()).rejects.toMatchObject({ cause: { message: 'not now' } });
    await relent();
    expect(await runOf(handle)).toEqual([{ status: 'failed', error: 'not now' }]);
  });

  test('is full for long is waited for, which details and events say once', async () => {
    await refuse('53100');
    const handle = await start(backfill, [days]);
    const events = async () => {
      const { rows } = await sql<{
        message: string;
      }>`select message from market.run_events join market.runs using (run_id)
        where workflow_id = ${handle.workflowId} and message like '%away for minutes%'`.execute(store.db);
      return rows.map(({ message }) => message);
    };
    const said = 'what this run works with has been away for minutes and is tried until it is back: not now';
    await expect.poll(events, { timeout: 60_000 }).toEqual([said]);
    await relent();
    expect(await handle.result()).toMatchObject({ totalSymbols: 1, successful: 1 });
    expect(await events()).toEqual([said]);
  });
});
