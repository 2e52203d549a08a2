import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import type { FlowName } from '../../src/flows/index.ts';
import { createSources } from '../../src/pipelines/sources/sources.ts';
import type { IngestionRun } from '../../src/runs/ingestion-request.ts';
import { createDataIngestionActivities } from '../../workers/activities.ts';
import { emptyTables, ledgerTables } from '../support/empty-tables.ts';
import { enterRun } from '../support/enter-run.ts';
import { scriptedCase } from '../support/scripted-case.ts';
import {
  chartOf,
  quiet,
  rowsOf,
  serveMarket,
  ticker,
  type ScriptedMarket,
  type ScriptedReply,
} from '../support/scripted-market.ts';
import { simulatedClock, type SimulatedClock } from '../support/simulated-clock.ts';

const now = '2024-06-03T22:00:00Z';
const range = { from: '2024-05-20', to: '2024-05-31' };
const rows = rowsOf(range.from, range.to, () => quiet(100));
const charts = { AAPL: chartOf('AAPL', rows), MSFT: chartOf('MSFT', rows) };
const polygon = {
  tickers: ['AAPL', 'MSFT'].map((symbol) => ticker(symbol, { list_date: '1980-12-12' })),
  bars: { AAPL: rows, MSFT: rows },
  splits: [],
  dividends: [],
};
const refusal = (wish: string | null): ScriptedReply => ({
  status: 429,
  body: 'Too Many Requests',
  headers: wish === null ? {} : { 'retry-after': wish },
});
const isBars = (path: string) => /chart|aggs/.test(path);

let clock: SimulatedClock;
beforeAll(async () => {
  clock = await simulatedClock(now);
});
afterAll(() => clock.store.close());

/** The activities of one run, without Temporal, against a provider and a clock that the test moves. */
async function batchOf(source: 'polygon' | 'yahoo', flow: FlowName, market: ScriptedMarket) {
  const server = await serveMarket(() => market);
  onTestFinished(() => server.close());
  const { store } = clock;
  const sources = createSources({ db: store.db, sessionsBetween }, (provider) => ({
    baseUrl: server.url,
    apiKey: 'test',
    budgetKey: { provider, keyHash: 'k', baseUrl: server.url },
    requestsPerMinute: 600,
    now: () => new Date(market.now),
  }));
  const acts = createDataIngestionActivities({
    store,
    sources,
    batchSize: 100,
    policyChoices: { loadRetries: 3, retryDelaySeconds: 0, runTimeoutSeconds: null },
    patienceMs: 10,
  });
  const request = {
    nominalTime: now,
    source,
    interval: '1d',
    sessions: { range },
    symbols: ['AAPL', 'MSFT'],
    incremental: false,
    revisionSessions: 0,
    includeFundamentals: false,
    includeKeyStatistics: false,
  } as const;
  const run: IngestionRun = { workflowId: 'x', runId: randomUUID(), flow, startedAt: now, request };
  const act = <R>(work: () => Promise<R>): Promise<R> => new MockActivityEnvironment().run(work);
  // Else an earlier case would have had the answers: all of them begin at one time.
  await emptyTables(store, ledgerTables);
  await enterRun(store, { ...run, flow });
  await clock.passing(async () => {
    if (sources[source].reference !== null)
      await act(() => acts.syncInstruments(run.runId, 'active', source));
    const entered = await act(() => acts.enterLoads(run, { listsAreRead: true }));
    if (!('unidentified' in entered)) return;
    await act(() => acts.identifyLoads(run.runId, source));
    await act(() => acts.planLoads(run, 1));
  });
  let wave = 1;
  return {
    asked: () => server.log.filter(isBars).length,
    load: () => act(() => acts.loadBatch({ runId: run.runId, wave, batch: 0, source })),
    async retry() {
      wave += 1;
      return act(() => acts.reopenFailed(run.runId, wave, source));
    },
    async statuses() {
      const loads = store.db.selectFrom('market.load_runs').where('run_id', '=', run.runId);
      return (await loads.select('status').execute()).map(({ status }) => status);
    },
    async events() {
      const events = store.db.selectFrom('market.run_events').where('run_id', '=', run.runId);
      return (await events.select('message').execute()).map(({ message }) => message);
    },
  };
}

type Batch = Awaited<ReturnType<typeof batchOf>>;

/** The next free slot may be farther than is waited for. */
async function loadUntilAsked(batch: Batch): ReturnType<Batch['load']> {
  const before = batch.asked();
  let loaded = await batch.load();
  while (batch.asked() === before) {
    await clock.moveBy(loaded.resumeInMs ?? 0);
    loaded = await batch.load();
  }
  return loaded;
}

const usual = [60_000, 300_000, 900_000, 900_000, 900_000];

test.each<[wish: string | null, atLeastMs: number]>([
  [null, 0],
  ['30', 30_000],
  ['0', 0],
  ['0.5', 0],
  ['1.5', 0],
  ['-1', 0],
  ['Mon, 03 Jun 2024 22:00:30 GMT', 30_000],
  ['Mon, 03 Jun 2024 21:00:00 GMT', 0],
  ['Mon, 03 Jun 2024 22:20:00 GMT', 1_200_000],
  ['1200', 1_200_000],
  ['86400', 3_600_000],
  ['soon', 0],
])(
  'Yahoo, which names a wait of %s, is asked once after each wait, which is never less than usual',
  async (wish, atLeastMs) => {
    let refuses = false;
    const handle = (path: string) => (refuses && isBars(path) ? refusal(wish) : undefined);
    const market: ScriptedMarket = { now, polygon, charts, handle };
    const batch = await batchOf('yahoo', 'yahoo-market-data-hourly', market);
    refuses = true;
    const before = batch.asked();
    // Several lanes are under way when the first of them is refused.
    const first = await loadUntilAsked(batch);
    expect(batch.asked() - before).toBeLessThanOrEqual(2);
    const waits = [first.resumeInMs ?? 0];
    for (let again = 1; again < usual.length; again += 1) {
      const known = batch.asked();
      // Too early: nothing leaves.
      expect((await batch.load()).resumeInMs).toBeGreaterThan(1_000);
      expect(batch.asked()).toBe(known);
      await clock.moveBy(waits.at(-1) ?? 0);
      waits.push((await loadUntilAsked(batch)).resumeInMs ?? 0);
      expect(batch.asked()).toBe(known + 1);
    }
    expect(waits).toEqual(usual.map((ms) => Math.max(ms, atLeastMs)));
    refuses = false;
    await clock.moveBy(waits.at(-1) ?? 0);
    for (let { resumeInMs } = await batch.load(); resumeInMs !== null; { resumeInMs } = await batch.load())
      await clock.moveBy(resumeInMs);
    expect(await batch.statuses()).toEqual(['success', 'success']);
    const events = await batch.events();
    const minute = Math.round((waits[0] ?? 0) / 1000);
    expect(events).toContain(`yahoo refuses for too many requests: nothing is asked for ${minute} s`);
  },
);

test.each([null, '0', '25', '0.5', 'Mon, 03 Jun 2024 21:00:00 GMT', '120'])(
  'Polygon, refusing for ten minutes with a wait of %s, is asked by half-open requests alone, and all loads succeed',
  async (wish) => {
    let endsAt = Infinity;
    let nowMs = () => Date.parse(now);
    const handle = (path: string) => (isBars(path) && nowMs() < endsAt ? refusal(wish) : undefined);
    const market: ScriptedMarket = { now, polygon, charts, handle };
    const batch = await batchOf('polygon', 'polygon-historical-backfill', market);
    nowMs = clock.now;
    endsAt = nowMs() + 600_000;
    const asked: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      for (;;) {
        const before = batch.asked();
        const { resumeInMs } = await batch.load();
        if (batch.asked() > before) asked.push(clock.now());
        if (resumeInMs === null) break;
        await clock.moveBy(resumeInMs);
      }
      if ((await batch.retry()).batches === 0) break;
    }
    expect(await batch.statuses()).toEqual(['success', 'success']);
    for (const [index, at] of asked.entries()) {
      const next = asked[index + 1];
      if (next !== undefined && at < endsAt) expect(next - at).toBeGreaterThanOrEqual(60_000);
    }
    const events = await batch.events();
    expect(events.filter((message) => message.startsWith('polygon refuses'))).not.toEqual([]);
  },
);

test.each([
  ['yahoo-market-data-hourly', null],
  ['yahoo-market-data-hourly', '0'],
  ['yahoo-market-data-hourly', '0.1'],
  ['yahoo-market-data-hourly', 'Mon, 03 Jun 2024 21:00:00 GMT'],
  ['polygon-historical-backfill', '0'],
  ['polygon-historical-backfill', '-1'],
] as const)('a whole run of %s outlasts refusals with %s', async (flow, wish) => {
  let refusals = 0;
  const at: number[] = [];
  const handle = (path: string) => {
    if (!isBars(path)) return undefined;
    at.push(performance.now());
    return at.length > 2 && refusals++ < 2 ? refusal(wish) : undefined;
  };
  const options = { policy: { loadRetries: 3 } };
  const lab = await scriptedCase({ now, polygon, charts, handle }, options);
  const dates = { startDate: range.from, endDate: range.to };
  const first = await lab.run(flow, { ...dates, symbols: ['AAPL'] });
  const { summary, runId } = await lab.run(flow, { ...dates, symbols: ['AAPL', 'MSFT'] });
  expect([first.summary.failed, summary.failed]).toEqual([0, 0]);
  const events = (await lab.events(runId)).map(({ message }) => message);
  if (refusals > 0) expect(events.join()).toContain('refuses for too many requests');
});
