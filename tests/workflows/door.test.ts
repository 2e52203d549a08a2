import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flowNames, flows, type FlowName } from '../../src/flows/index.ts';
import type { RunSummary } from '../../src/runs/run-summary.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { startTestMarket, type TestMarket } from '../support/test-market.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

const nominalTime = '2024-06-13T16:00:00Z';
const quarter = { startDate: '2024-01-02', endDate: '2024-03-28' };
const reversed = { startDate: '2024-03-28', endDate: '2024-01-02' };
const half = { startDate: '2024-01-02' };
const toCome = { nominalTime, startDate: '2024-06-14', endDate: '2024-06-20' };

let store: TestDatabase;
let market: TestMarket;
let worker: TestWorker;

beforeAll(async () => {
  store = await freshDatabase();
  market = await startTestMarket({ clock: nominalTime });
  worker = await startTestWorker({ store, baseUrl: market.url, analytics: true });
});
afterAll(async () => {
  await worker.stop();
  await market.close();
  await store.close();
});

/** As any client of Temporal starts it. */
const start = (flow: FlowName, input: unknown): Promise<WorkflowHandle<() => Promise<RunSummary>>> =>
  worker.client.workflow.start<(input: unknown) => Promise<RunSummary>>(flows[flow].type, {
    workflowId: `door/${randomUUID()}`,
    taskQueue: worker.taskQueue,
    args: [input],
  });

/** What the ledger says of a run. */
async function entries({ workflowId }: WorkflowHandle): Promise<readonly object[]> {
  const { rows } = await sql<object>`select flow, status, summary -> 'error' ->> 'kind' as kind,
    summary -> 'error' ->> 'message' as message, closed_at is not null as closed
    from market.runs where workflow_id = ${workflowId}`.execute(store.db);
  return rows;
}

const invalid = 'InvalidInput';
const contradictory = 'ContradictoryParameters';

type Wrong = readonly [input: unknown, type: string, says: string];

/** What is wrong whatever the flow. */
const wrongAnywhere = (valid: object): readonly Wrong[] => [
  ['AAPL', invalid, 'the input must be an object of parameters, not "AAPL"'],
  [['AAPL'], invalid, 'the input must be an object of parameters, not ["AAPL"]'],
  [7, invalid, 'the input must be an object of parameters, not 7'],
  [{ ...valid, day: 1 }, invalid, 'day must be no parameter'],
  [{ ...valid, nominalTime: 'yesterday' }, invalid, 'nominalTime must be an instant'],
];

const wrongSymbols = (valid: object): readonly Wrong[] => [
  [{ ...valid, symbols: 'AAPL' }, invalid, 'symbols must be a list of symbols, not "AAPL"'],
  [{ ...valid, symbols: ['AAPL', 7] }, invalid, 'symbols.1 must be a symbol, not 7'],
  [{ ...valid, symbols: [] }, invalid, 'symbols must be at least one symbol'],
  [{ ...valid, maxSymbols: 0 }, invalid, 'maxSymbols must be a whole number from 1 up, not 0'],
];

const isReversed = 'the range is reversed: 2024-03-28 is after 2024-01-02';
const lacksItsEnd = 'half a range: endDate is missing';

const wrong: Readonly<Record<FlowName, readonly Wrong[]>> = {
  'polygon-daily-ingestion': [
    ...wrongSymbols({}),
    [{ daysBack: '1' }, invalid, 'daysBack must be a whole number from 0 up, not "1"'],
    [{ incremental: 'yes' }, invalid, 'incremental must be true or false, not "yes"'],
    [quarter, invalid, 'startDate must be no parameter'],
  ],
  'polygon-settlement': [
    ...wrongSymbols({}),
    [{ sessions: 0 }, invalid, 'sessions must be a whole number from 1 up, not 0'],
  ],
  'polygon-historical-backfill': [
    ...wrongSymbols(quarter),
    [null, invalid, 'startDate must be a date; endDate must be a date'],
    [half, invalid, 'endDate must be a date'],
    [{ ...quarter, endDate: '2024-02-30' }, invalid, 'endDate must be a calendar date'],
    [reversed, contradictory, isReversed],
    [toCome, contradictory, 'the range begins in the future: 2024-06-14'],
  ],
  'yahoo-market-data-hourly': [
    ...wrongSymbols({}),
    [{ interval: '5m' }, invalid, 'interval must be one of 1d, 1h, not "5m"'],
    [{ includeFundamentals: 1 }, invalid, 'includeFundamentals must be true or false, not 1'],
    [half, contradictory, lacksItsEnd],
    [reversed, contradictory, isReversed],
    [toCome, contradictory, 'the range begins in the future: 2024-06-14'],
  ],
  'indicators-daily-calculation': [
    ...wrongSymbols({}),
    [{ dataSource: 'bloomberg' }, invalid, 'dataSource must be one of polygon, yahoo, not "bloomberg"'],
    [half, contradictory, lacksItsEnd],
    [reversed, contradictory, isReversed],
    [{ ...quarter, daysBack: 3 }, contradictory, 'a range and days back or a calculation date contradict'],
  ],
  'market-data-validation': [
    ...wrongSymbols({}),
    [half, contradictory, lacksItsEnd],
    [reversed, contradictory, isReversed],
    [{ checks: ['wicks'] }, invalid, 'checks.0 must be one of no_price'],
    [{ checks: [] }, invalid, 'checks must be at least one'],
    [{ checks: 'wick' }, invalid, 'checks must be a list, not "wick"'],
  ],
  'maintenance-cleanup': [
    [{ runEventsDays: 0 }, invalid, 'runEventsDays must be a whole number from 1 up, not 0'],
    [{ dryRun: 'yes' }, invalid, 'dryRun must be true or false, not "yes"'],
  ],
};

const valid = (flow: FlowName) => (flow === 'polygon-historical-backfill' ? quarter : {});

describe.each(flowNames)('%s', (flow) => {
  const cases = [...wrongAnywhere(valid(flow)), ...wrong[flow]];

  test.concurrent.each(cases)('of %j fails for good with %s: %s', async (input, type, says) => {
    const handle = await start(flow, input);
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type, nonRetryable: true, message: expect.stringContaining(says) as unknown },
    });
    // At once: without any work but its entry.
    const { events } = await handle.fetchHistory();
    const done = events?.flatMap(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? [],
    );
    expect(done).toEqual(['refuseRun']);
    expect(await entries(handle)).toEqual([
      { flow, status: 'failed', kind: type, message: expect.stringContaining(says) as unknown, closed: true },
    ]);
  });
});

const takesNothing = flowNames.filter((flow) => flow !== 'polygon-historical-backfill');

test.each(takesNothing)('%s takes null for no parameters', async (flow) => {
  const handle = await start(flow, null);
  const entered = () =>
    sql<{ flow: string }>`select flow from market.runs where workflow_id = ${handle.workflowId}`
      .execute(store.db)
      .then(({ rows }) => rows);
  await expect.poll(entered, { timeout: 30_000 }).toEqual([{ flow }]);
  // What it goes on to do is not asked here.
  await handle.cancel().catch(() => undefined);
  await handle.result().catch(() => undefined);
});

describe('an order', () => {
  const february = { from: '2024-02-01', to: '2024-02-29' };
  const notToBeRead: readonly (readonly [readonly unknown[], string])[] = [
    [['x'], 'the input must be an object of parameters, not "x"'],
    [[], 'startDate must be a date, or from in its place'],
    [[null], 'startDate must be a date, or from in its place'],
    [[7], 'the input must be an object of parameters, not 7'],
    [[february, february], 'from must be no parameter; there are by'],
    [[{ from: '2024-02-01' }], 'endDate must be a date, or to in its place'],
    [[{ ...february, startDate: '2024-02-02' }], 'startDate must be the same as its other name, 2024-02-01'],
    [[{ ...february, symbols: ['AAPL'] }], 'symbols must be no parameter; there are from, to'],
    [[{ from: '2024-02-01', to: '2024-02-30' }], 'to must be a calendar date, written YYYY-MM-DD'],
    [[{ from: '1950-02-01', to: '2024-02-28' }], 'from must be a date of the years 1990 to 2199'],
    [[{ from: '2024-03-01', to: '2024-02-01' }], 'the range is reversed: 2024-03-01 is after 2024-02-01'],
    [[{ from: '2024-06-14', to: '2024-06-20' }], 'the range begins in the future: 2024-06-14'],
  ];

  async function expectRefused(
    handle: WorkflowHandle,
    args: readonly unknown[],
    says: string,
  ): Promise<void> {
    await expect(handle.executeUpdate('changeRange', { args: [...args] as [unknown] })).rejects.toMatchObject(
      {
        cause: { message: expect.stringContaining(says) as unknown },
      },
    );
  }

  async function expectNoInput(handle: WorkflowHandle): Promise<void> {
    for (const order of ['pauseRun', 'resumeRun']) {
      await expect(handle.executeUpdate(order, { args: ['now'] })).rejects.toMatchObject({
        cause: { message: `${order}: the input must be an object of parameters, not "now"` },
      });
    }
    await expect(handle.query('runProgress', 'now')).rejects.toThrow(
      'runProgress: the input must be left out',
    );
  }

  test('for another range that is none is refused, and the run goes on for its own', async () => {
    const handle = await start('polygon-historical-backfill', { ...quarter, nominalTime, symbols: ['AAPL'] });
    await handle.executeUpdate('pauseRun');
    for (const [args, says] of notToBeRead) await expectRefused(handle, args, says);
    await expectNoInput(handle);
    await handle.executeUpdate('resumeRun');
    expect(await handle.result()).toMatchObject({ totalSymbols: 1, successful: 1 });
    const { rows } = await sql`select range_start::text as from, range_end::text as to from market.load_runs
      join market.runs using (run_id) where runs.workflow_id = ${handle.workflowId}`.execute(store.db);
    expect(rows).toEqual([{ from: quarter.startDate, to: quarter.endDate }]);
  });

  test.each([
    ['polygon-daily-ingestion' as const, { daysBack: 0, symbols: ['AAPL'] }],
    ['indicators-daily-calculation' as const, { ...quarter, dataSource: 'polygon', symbols: ['AAPL'] }],
    ['maintenance-cleanup' as const, { dryRun: true }],
  ])('for another range is refused by a run of %s, which goes on', async (flow, input) => {
    const handle = await start(flow, { ...input, nominalTime });
    await handle.executeUpdate('pauseRun');
    const range = { from: '2024-02-01', to: '2024-02-29' };
    await expectRefused(handle, [range], 'this run has no range of its own to change');
    await handle.executeUpdate('resumeRun');
    await handle.result();
    const { rows } = await sql<{ status: string }>`select status from market.runs
      where workflow_id = ${handle.workflowId}`.execute(store.db);
    expect(rows).toEqual([{ status: 'completed' }]);
  });
});
