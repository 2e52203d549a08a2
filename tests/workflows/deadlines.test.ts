import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { WorkflowFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { quiet, rowsOf, ticker, type ScriptedMarket } from '../support/scripted-market.ts';
import { endLab, startLab, type Lab } from '../support/shared-lab.ts';
import type { FlowParameters } from '../support/test-worker.ts';

const nominalTime = '2024-06-03T15:00:00Z';
const rows = rowsOf('2024-05-20', '2024-05-31', () => quiet(100));
const market: ScriptedMarket = {
  now: nominalTime,
  charts: {},
  polygon: {
    tickers: ['AAPL', 'MSFT'].map((symbol) => ticker(symbol, { list_date: '2010-01-04' })),
    bars: { AAPL: rows, MSFT: rows },
    ...{ splits: [], dividends: [] },
  },
  handle: (path) => (path.includes('/ticker/MSFT/') ? { status: 500, body: '' } : undefined),
};

let lab: Lab;
beforeAll(async () => {
  const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const { code } = await bundleWorkflowCode({
    workflowsPath: file('../../workflows/index.ts'),
    workflowInterceptorModules: [file('../support/held-activity.ts')],
    logger: new DefaultLogger('ERROR'),
  });
  lab = await startLab(() => market, {
    workflowBundle: code,
    analytics: true,
    policy: { loadRetries: 1 },
  });
});
afterAll(() => endLab(lab));

const backfill = { nominalTime, startDate: '2024-05-28', endDate: '2024-05-31', symbols: ['AAPL', 'GONE'] };
const indicators = { nominalTime, symbols: ['AAPL'], dataSource: 'polygon', waitSeconds: 60 };
const asked = {
  nominalTime,
  source: 'polygon',
  interval: '1d',
  sessions: { range: { from: '2024-05-28', to: '2024-05-31' } },
};
const parent = {
  workflowId: 'another',
  runId: randomUUID(),
  flow: 'polygon-daily-ingestion',
  startedAt: nominalTime,
  request: asked,
};

/** What becomes of a run one of whose activities never answers. */
type End = 'fails' | 'leaves it' | 'fails what is left';

/** Each phase by the activity that it waits for. */
const phases: readonly (readonly [
  what: string,
  activity: string,
  flow: string,
  input: FlowParameters,
  End,
])[] = [
  ['opening', 'openRun', 'polygonHistoricalBackfill', backfill, 'fails'],
  ['planning', 'enterLoads', 'polygonHistoricalBackfill', backfill, 'fails'],
  ['reading lists', 'syncInstruments', 'polygonDailyIngestion', { nominalTime }, 'fails'],
  ['looking symbols up', 'identifyLoads', 'polygonHistoricalBackfill', backfill, 'fails'],
  ['planning what was looked up', 'planLoads', 'polygonHistoricalBackfill', backfill, 'fails'],
  ['loading', 'loadBatch', 'polygonHistoricalBackfill', backfill, 'fails what is left'],
  [
    'opening again what failed',
    'reopenFailed',
    'polygonHistoricalBackfill',
    { ...backfill, symbols: ['MSFT'] },
    'fails',
  ],
  ['comparing', 'crossCheck', 'polygonSettlement', { nominalTime, sessions: 1 }, 'leaves it'],
  [
    'reading statements',
    'loadFundamentals',
    'yahooMarketDataHourly',
    { nominalTime, symbols: ['AAPL'], interval: '1d', includeFundamentals: true },
    'leaves it',
  ],
  [
    'looking for stale series',
    'findStaleSeries',
    'yahooMarketDataHourly',
    { symbols: ['AAPL'], interval: '1d' },
    'leaves it',
  ],
  ['closing', 'finishRun', 'polygonHistoricalBackfill', backfill, 'fails'],
  ['reading corporate actions', 'readActionPages', 'syncCorporateActions', parent, 'fails'],
  ['closing beside', 'finishSideRun', 'syncUniverse', { source: 'polygon' }, 'fails'],
  [
    'looking up for the watchlist',
    'lookUpAndWatch',
    'watchSymbols',
    { symbols: ['AAPL'], source: 'polygon', list: 'watchlist' },
    'fails',
  ],
  ['waiting for bars', 'readIngestion', 'indicatorsDailyCalculation', indicators, 'fails'],
  ['planning indicators', 'planIndicators', 'indicatorsDailyCalculation', indicators, 'fails'],
  ['computing', 'computeIndicatorBatch', 'indicatorsDailyCalculation', indicators, 'fails what is left'],
  ['closing indicators', 'finishIndicatorRun', 'indicatorsDailyCalculation', indicators, 'fails'],
  ['planning to judge', 'planValidation', 'marketDataValidation', { nominalTime }, 'fails'],
  ['judging', 'judgeBars', 'marketDataValidation', { nominalTime, symbols: ['AAPL'] }, 'leaves it'],
  ['closing a validation', 'finishValidation', 'marketDataValidation', { nominalTime }, 'fails'],
  ['cleaning up', 'deleteExpiredRows', 'maintenanceCleanup', {}, 'leaves it'],
  ['closing maintenance', 'finishMaintenance', 'maintenanceCleanup', {}, 'fails'],
];

const late = /has not ended within|has reached its deadline/;

test.concurrent.each(phases)('%s has a deadline', async (_, activity, flow, input, end) => {
  const handle = await lab.worker.client.workflow.start(flow, {
    workflowId: `deadlines/${activity}/${randomUUID()}`,
    taskQueue: lab.worker.taskQueue,
    args: [input],
  });
  const ended = await handle.result().then(
    () => 'completed',
    (error: unknown) => {
      const { type, message } = (error as WorkflowFailedError).cause as ApplicationFailure;
      return `${type}: ${message}`;
    },
  );
  const failure = end === 'fails' ? /^DeadlineExceeded: .* has not ended within/ : /^completed/;
  expect(ended).toMatch(failure);
  const runId = handle.firstExecutionRunId;
  const { rows: runs } = await sql<Record<string, unknown>>`select status, summary,
      (select count(*)::int from market.load_runs where run_id = ${runId} and completed_at is null) as open,
      (select count(*)::int from market.load_requests where run_id = ${runId} and status = 'pending') as pending,
      (select string_agg(message, '\n') from market.run_events where run_id = ${runId}) as said
    from market.runs where run_id = ${runId}`.execute(lab.store.db);
  if (activity === 'openRun') expect(runs).toEqual([]);
  else {
    const status = end === 'fails' ? 'failed' : 'completed';
    expect(runs).toMatchObject([
      { status, open: 0, pending: 0, said: expect.stringMatching(late) as unknown },
    ]);
  }
  if (end === 'fails what is left')
    expect(JSON.stringify(runs[0]?.summary)).toContain('DeadlineExceeded: not ');
});
