import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FlowParameters } from '../support/test-worker.ts';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import type { RunSummary } from '../../src/runs/run-summary.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { dailyTables, emptyTables, ledgerTables } from '../support/empty-tables.ts';
import { startTestMarket, type TestMarket } from '../support/test-market.ts';
import { startTestWorker, type TestWorker, type TestWorkerOptions } from '../support/test-worker.ts';

const clock = '2024-06-13T16:00:00Z';
const range = { from: '2024-01-01', to: '2024-03-31' };
const quarter = sessionsBetween(range).length;

let store: TestDatabase;
let market: TestMarket;
let worker: TestWorker;

beforeAll(async () => {
  store = await freshDatabase();
  market = await startTestMarket({ clock, symbols: 300 });
  worker = await startTestWorker({ store, baseUrl: market.url, policy: { loadRetries: 3 } });
});
afterAll(async () => {
  await worker.stop();
  await market.close();
  await store.close();
});
beforeEach(async () => {
  market.setFaults([]);
  await emptyTables(store, [...dailyTables, ...ledgerTables]);
});

const backfill = (symbols: readonly string[], over: FlowParameters = {}): FlowParameters => ({
  nominalTime: clock,
  startDate: range.from,
  endDate: range.to,
  symbols,
  ...over,
});
const loads = () => store.db.selectFrom('market.load_runs').selectAll().orderBy('symbol').execute();
const bars = async () => {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from market.daily_bars`.execute(
    store.db,
  );
  return rows[0]?.count ?? 0;
};

async function withWorker<T>(
  options: Partial<TestWorkerOptions>,
  work: (own: TestWorker) => Promise<T>,
): Promise<T> {
  const own = await startTestWorker({ store, baseUrl: market.url, ...options });
  try {
    return await work(own);
  } finally {
    await own.stop();
  }
}

describe('retry rounds', () => {
  const msft = { endpoint: 'aggregates' as const, symbol: 'MSFT' };

  test.each([
    ['a server error', { kind: 'status' as const, status: 503 }],
    ['too many requests', { kind: 'status' as const, status: 429, retryAfterSeconds: 0 }],
    ['a cut body', { kind: 'cut' as const }],
    ['HTML', { kind: 'html' as const }],
  ])('%s that passes leaves no trace but the attempts', async (_, fault) => {
    market.setFaults([{ match: msft, times: 2, fault }]);
    const { summary } = await worker.run('polygon-historical-backfill', backfill(['AAPL', 'MSFT']));
    expect(summary).toMatchObject({ successful: 2, failed: 0, changedRecords: 2 * quarter, requests: 4 });
    expect((await loads()).map(({ symbol, attempts, error_kind }) => [symbol, attempts, error_kind])).toEqual(
      [
        ['AAPL', 1, null],
        ['MSFT', 3, null],
      ],
    );
  });

  test('one that stays is tried as often as allowed, and recorded', async () => {
    market.setFaults([{ match: msft, fault: { kind: 'status', status: 500 } }]);
    const { summary } = await worker.run(
      'polygon-historical-backfill',
      backfill(['AAPL', 'MSFT']),
      'backfill-retries',
    );
    expect(summary).toMatchObject({ successful: 1, failed: 1, requests: 5 });
    expect((await loads()).map(({ attempts, error_kind }) => [attempts, error_kind])).toEqual([
      [1, null],
      [4, 'ProviderUnavailable'],
    ]);
  });

  test('a permanent cause is not tried again', async () => {
    market.setFaults([{ match: msft, fault: { kind: 'status', status: 404 } }]);
    const { summary } = await worker.run('polygon-historical-backfill', backfill(['MSFT']));
    expect(summary).toMatchObject({ failed: 1, requests: 1 });
  });

  test('a failed market day is tried again for all its symbols', async () => {
    market.setFaults([
      { match: { endpoint: 'marketDay' }, times: 1, fault: { kind: 'status', status: 502 } },
    ]);
    const request = backfill(['AAPL', 'MSFT', 'SPY'], {
      startDate: '2024-06-11',
      endDate: '2024-06-11',
    });
    const { summary } = await worker.run('polygon-historical-backfill', request);
    expect(summary).toMatchObject({ successful: 3, requests: 2 });
  });

  test('of a provider that fails at random every cell ends stored or due, and none is asked more often than allowed', async () => {
    const symbols = [
      'AAPL',
      'AMZN',
      'DIS',
      'IBM',
      'INTC',
      'JNJ',
      'KO',
      'MSFT',
      'NVDA',
      'ORCL',
      'PEP',
      'PG',
      'SPY',
      'T',
      'XOM',
    ];
    const mix = [
      { kind: 'status' as const, status: 429 },
      { kind: 'status' as const, status: 503 },
      { kind: 'html' as const },
      { kind: 'cut' as const },
    ];
    market.setFaults([
      {
        match: { endpoint: 'aggregates' },
        fault: { kind: 'random', seed: 11, probability: 0.5, faults: mix },
      },
    ]);
    const since = market.requests().length;
    const { summary } = await worker.run('polygon-historical-backfill', backfill(symbols));
    expect(summary.totalSymbols).toBe(symbols.length);
    const asked = Map.groupBy(
      market
        .requests()
        .slice(since)
        .filter(({ endpoint }) => endpoint === 'aggregates'),
      ({ path }) => path,
    );
    expect(Math.max(...[...asked.values()].map((requests) => requests.length))).toBeLessThanOrEqual(4);
    expect(await bars()).toBe(summary.successful * quarter);
    market.setFaults([]);
    const after = await worker.run('polygon-historical-backfill', backfill(symbols));
    expect(after.summary).toMatchObject({ successful: symbols.length, failed: 0 });
    expect(await bars()).toBe(symbols.length * quarter);
  });
});

describe('a slot far away', () => {
  test('is waited for by the workflow, not by a worker', async () => {
    await withWorker({ requestsPerMinute: 600_000, patienceMs: 200 }, async (own) => {
      const oneDay = { startDate: '2024-06-11', endDate: '2024-06-11' };
      await own.run('polygon-historical-backfill', backfill(['AAPL', 'KO'], oneDay));
      // For longer than a busy machine takes until the run asks.
      await own.budget.block(15_000);
      const { summary, workflowId } = await own.run(
        'polygon-historical-backfill',
        backfill(['AAPL', 'KO']),
        'backfill-handed-back',
      );
      expect(summary).toMatchObject({ successful: 2, requests: 2 });
      const history = JSON.parse(await own.historyOf(workflowId)) as {
        events: readonly { eventType: string; activityTaskScheduledEventAttributes?: object }[];
      };
      const batches = history.events.filter((event) =>
        JSON.stringify(event.activityTaskScheduledEventAttributes ?? {}).includes('loadBatch'),
      );
      expect(batches).toHaveLength(2);
    });
  });
});

describe('a long history', () => {
  test('goes on as another execution of the same run, with the range that was changed meanwhile', async () => {
    const symbols = ['AAPL', 'DIS', 'IBM', 'KO', 'MSFT', 'PG', 'XOM'];
    const options = { batchSize: 1, policy: { batchesPerExecution: 2 } };
    await withWorker(options, async (own) => {
      const handle = await own.client.workflow.start('polygonHistoricalBackfill', {
        workflowId: `long/${randomUUID()}`,
        taskQueue: own.taskQueue,
        args: [backfill(symbols)],
      });
      const april = { from: '2024-04-01', to: '2024-04-30' };
      await handle.executeUpdate('changeRange', { args: [april] });
      const summary = (await handle.result()) as RunSummary;
      expect(summary).toMatchObject({ totalSymbols: 7, successful: 7, failed: 0 });
      const executions: string[] = [];
      const query = `WorkflowId = '${handle.workflowId}'`;
      await expect
        .poll(async () => {
          executions.length = 0;
          for await (const { status } of own.client.workflow.list({ query })) executions.push(status.name);
          return executions;
        })
        .toEqual(['COMPLETED', 'CONTINUED_AS_NEW', 'CONTINUED_AS_NEW', 'CONTINUED_AS_NEW']);
      const { rows } = await sql<{ first: string; runs: number }>`
        select min(range_start)::text as first, count(distinct run_id)::int as runs from market.load_runs`.execute(
        store.db,
      );
      expect(rows).toEqual([{ first: april.from, runs: 1 }]);
      await own.saveHistory(handle.workflowId, 'backfill-resumed');
    });
  });
});

describe('a deadline', () => {
  test('that a plan cannot keep refuses it, with both figures', async () => {
    const options = { requestsPerMinute: 2, policy: { runTimeoutSeconds: 60 } };
    await withWorker(options, async (slow) => {
      await worker.run(
        'polygon-historical-backfill',
        backfill(['AAPL', 'KO', 'MSFT'], { startDate: '2024-06-11', endDate: '2024-06-11' }),
      );
      const since = market.requests().length;
      const run = slow.run('polygon-historical-backfill', backfill(['AAPL', 'KO', 'MSFT']));
      await expect(run).rejects.toMatchObject({ cause: { type: 'PlanExceedsLimit' } });
      expect(market.requests().length).toBe(since);
      expect((await loads()).filter(({ error_kind }) => error_kind === 'PlanExceedsLimit')).toHaveLength(3);
    });
  });

  test('that passes gives up what is left, and the summary says so', async () => {
    market.setFaults([
      { match: { endpoint: 'aggregates', symbol: 'SPY' }, fault: { kind: 'slow', ms: 50_000 } },
    ]);
    await withWorker({ timeoutMs: 60_000, policy: { runTimeoutSeconds: 8 } }, async (limited) => {
      const { summary } = await limited.run('polygon-historical-backfill', backfill(['AAPL', 'SPY']));
      expect(summary).toMatchObject({ successful: 1, failed: 1 });
      expect(summary.failedSymbols[0]?.error).toMatch(/^DeadlineExceeded/);
      expect(await bars()).toBe(quarter);
    });
  });
});

describe('steering', () => {
  type Backfill = (request: FlowParameters) => Promise<RunSummary>;
  const start = (own: TestWorker, request: FlowParameters): Promise<WorkflowHandle<Backfill>> =>
    own.client.workflow.start<Backfill>('polygonHistoricalBackfill', {
      workflowId: `steered/${randomUUID()}`,
      taskQueue: own.taskQueue,
      args: [request],
    });
  /** SPY answers late the first time only. */
  const late = {
    match: { endpoint: 'aggregates' as const, symbol: 'SPY' },
    times: 1,
    fault: { kind: 'slow' as const, ms: 50_000 },
  };
  const stored = () => expect.poll(bars, { timeout: 30_000 }).toBe(quarter);

  test('paused for longer than its deadline and resumed, a run ends as an undisturbed one', async () => {
    market.setFaults([late]);
    await withWorker({ timeoutMs: 60_000, policy: { runTimeoutSeconds: 4 } }, async (own) => {
      const handle = await start(own, backfill(['AAPL', 'SPY']));
      await stored();
      await handle.executeUpdate('pauseRun');
      expect(await handle.query('runProgress')).toMatchObject({ paused: true });
      // The deadline that it would have had without the pause comes and goes.
      await expect
        .poll(() => own.historyOf(handle.workflowId), { timeout: 60_000 })
        .toContain('EVENT_TYPE_TIMER_FIRED');
      expect(await handle.describe()).toMatchObject({ status: { name: 'RUNNING' } });
      await handle.executeUpdate('resumeRun');
      expect(await handle.result()).toMatchObject({ successful: 2, failed: 0, changedRecords: 2 * quarter });
    });
  });

  test('a changed range is loaded instead, and what it leaves out is not asked', async () => {
    market.setFaults([late]);
    await withWorker({ timeoutMs: 60_000 }, async (own) => {
      const handle = await start(own, backfill(['AAPL', 'SPY']));
      await stored();
      const wider = { from: '2024-01-01', to: '2024-04-30' };
      await handle.executeUpdate('changeRange', { args: [wider] });
      const summary = await handle.result();
      const all = sessionsBetween(wider).length;
      expect(summary).toMatchObject({ successful: 2, failed: 0, changedRecords: 2 * all });
      expect(await bars()).toBe(2 * all);
      expect((await loads()).map(({ range_end }) => range_end)).toEqual(['2024-04-30', '2024-04-30']);
    });
  });

  test('a reversed range is refused and changes nothing', async () => {
    market.setFaults([late]);
    await withWorker({ timeoutMs: 60_000 }, async (own) => {
      const handle = await start(own, backfill(['AAPL', 'SPY']));
      await stored();
      const reversed = { from: '2024-03-01', to: '2024-02-01' };
      await expect(handle.executeUpdate('changeRange', { args: [reversed] })).rejects.toThrow();
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
    });
  });
});
