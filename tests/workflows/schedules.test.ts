import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { exchangeCalendar } from '../../src/calendar/exchange-calendar.ts';
import { flows } from '../../src/flows/index.ts';
import { requestFrom } from '../../src/flows/input.ts';
import { polygonDailyIngestion as dailyFlow } from '../../src/flows/polygon-daily-ingestion.ts';
import { plannedRun } from '../../src/flows/runs.ts';
import { sessionsOf } from '../../src/runs/run-sessions.ts';
import { applySchedules, pruneSchedules } from '../../schedules/apply.ts';
import type { ScheduleDeclaration } from '../../schedules/declaration.ts';
import { declarations } from '../../schedules/index.ts';
import { polygonDailyIngestion } from '../../schedules/polygon-daily-ingestion.ts';
import { polygonSettlement } from '../../schedules/polygon-settlement.ts';
import { yahooMarketDataHourly } from '../../schedules/yahoo-market-data-hourly.ts';
import { readSchedule, readSchedules } from '../../schedules/read.ts';
import { insertRun, closeRun } from '../../src/store/runs.ts';
import { keepPauses, keptPauses } from '../../src/store/schedule-pauses.ts';
import { registerWorker } from '../../src/store/workers.ts';
import { namespaceIdOf } from '../../src/temporal/namespace-id.ts';
import { pausesOf } from '../../src/temporal/paused-schedules.ts';
import { registerSearchAttributes } from '../../src/temporal/search-attributes.ts';
import type { FiringOutcome } from '../../workflows/start-scheduled-run.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { startTestMarket, type TestMarket } from '../support/test-market.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

let store: TestDatabase;
let market: TestMarket;
let worker: TestWorker;
const daily = 'polygon-daily-ingestion';

beforeAll(async () => {
  store = await freshDatabase();
  market = await startTestMarket({ clock: '2024-06-15T12:00:00Z' });
  worker = await startTestWorker({ store, baseUrl: market.url });
});
afterAll(async () => {
  await worker.stop();
  await market.close();
  await store.close();
});
beforeEach(async () => {
  for (const { id } of await readSchedules(worker.client)) await schedule(id).delete();
});

const schedule = (id: string) => worker.client.schedule.getHandle(id);
interface Over {
  declared?: readonly ScheduleDeclaration[];
  held?: string | null;
  kept?: readonly [string, string][];
}
const apply = (over: Over = {}) =>
  applySchedules(worker.client, {
    declarations: over.declared ?? [polygonDailyIngestion, polygonSettlement],
    taskQueues: {
      'data-ingestion': worker.taskQueue,
      analytics: worker.taskQueue,
      maintenance: worker.taskQueue,
    },
    holdBack: () => over.held ?? null,
    kept: new Map(over.kept),
  });

describe('applying what is declared', () => {
  test('makes schedules that show their line, zone, tags and policies', async () => {
    await apply({ declared: declarations });
    const views = await readSchedules(worker.client);
    const shown = new Map(views.map(({ id, cron, timeZone, pool }) => [id, { cron, timeZone, pool }]));
    const common = { timeZone: 'America/Chicago', pool: 'data-ingestion' };
    expect([...shown.keys()]).toEqual(declarations.map(({ flow }) => flow).sort());
    expect(shown.get(daily)).toEqual({ ...common, cron: '0 20 * * 1-5' });
    expect(shown.get('polygon-settlement')).toEqual({ ...common, cron: '30 10 * * 2-6' });
    expect(shown.get('yahoo-market-data-hourly')).toEqual({ ...common, cron: '0 * * * 1-5' });
    expect(await readSchedule(worker.client, daily)).toMatchObject({
      tags: ['data-ingestion', 'polygon', 'scheduled'],
      description: 'Daily end-of-day data ingestion from Polygon.io',
      overlap: 'ALLOW_ALL',
      catchupWindowSeconds: 31 * 86_400,
      jitterSeconds: 0,
      request: { daysBack: 1, incremental: true, revisionSessions: 5 },
    });
  });

  test('twice changes nothing, not even the time of the last update', async () => {
    await apply();
    expect((await apply()).map(({ change }) => change)).toEqual(['unchanged', 'unchanged']);
    expect((await schedule(daily).describe()).info.lastUpdatedAt).toBeUndefined();
  });

  test('puts right what was changed by hand, and what is declared anew', async () => {
    await apply();
    await schedule(daily).update((now) => ({ ...now, spec: { cronExpressions: ['0 3 * * *'] } }));
    expect((await apply()).map(({ change }) => change)).toEqual(['updated', 'unchanged']);
    expect(await readSchedule(worker.client, daily)).toMatchObject({ cron: '0 20 * * 1-5' });
    const moved = { ...polygonDailyIngestion, cron: '15 21 * * 1-5' };
    expect(await apply({ declared: [moved] })).toMatchObject([{ id: daily, change: 'updated' }]);
    expect(await readSchedule(worker.client, daily)).toMatchObject({
      cron: '15 21 * * 1-5',
      timeZone: 'America/Chicago',
    });
  });

  test('keeps an operator’s pause, whatever else changes', async () => {
    await apply();
    await schedule(daily).pause('the provider is moving house');
    const kept = { paused: true, note: 'the provider is moving house' };
    expect(await apply()).toMatchObject([{ change: 'unchanged', ...kept }, { paused: false }]);
    expect(await apply({ held: 'no key' })).toMatchObject([
      { change: 'unchanged', ...kept },
      { paused: true },
    ]);
    const moved = { ...polygonDailyIngestion, cron: '15 21 * * 1-5' };
    expect(await apply({ declared: [moved] })).toMatchObject([{ change: 'updated', ...kept }]);
    expect(await readSchedule(worker.client, daily)).toMatchObject({ ...kept, cron: '15 21 * * 1-5' });
  });

  test('pauses for a reason of its own, and lifts that when the reason is gone', async () => {
    const held = { paused: true, note: 'barwright: no key' };
    expect(await apply({ held: 'no key' })).toMatchObject([{ change: 'created', ...held }, held]);
    expect(await apply({ held: 'no key' })).toMatchObject([{ change: 'unchanged', ...held }, held]);
    const free = { change: 'updated', paused: false, note: '' };
    expect(await apply()).toMatchObject([free, free]);
    expect((await schedule(daily).describe()).state.paused).toBe(false);
  });

  test('makes anew with their pauses those that the server has lost', async () => {
    await apply();
    await schedule(daily).pause('the provider is moving house');
    const here = await namespaceIdOf(worker.client);
    const keep = async () => keepPauses(store.db, here, await pausesOf(worker.client, [daily]));
    await keep();
    await schedule(daily).delete();
    const made = await apply({ kept: [...(await keptPauses(store.db))] });
    expect(made).toMatchObject([
      { change: 'created', paused: true, note: 'the provider is moving house' },
      { paused: false },
    ]);
    expect((await schedule(daily).describe()).state.paused).toBe(true);
    // Another server knows nothing of it, and nothing of ours is lifted by us.
    await keepPauses(store.db, 'another server', [{ id: daily, paused: false, note: '' }]);
    await apply({ held: 'no key' });
    await keepPauses(store.db, here, await pausesOf(worker.client, ['polygon-settlement']));
    expect([...(await keptPauses(store.db)).keys()]).toEqual([daily]);
    await schedule(daily).unpause();
    await keep();
    expect([...(await keptPauses(store.db))]).toEqual([]);
  });

  test('leaves what is no longer declared, until it is told to prune; what is not ours stays', async () => {
    await apply();
    await worker.client.schedule.create({
      scheduleId: 'of-somebody-else',
      spec: { intervals: [{ every: '1 day' }] },
      action: { type: 'startWorkflow', workflowType: 'nothing', taskQueue: 'nowhere' },
    });
    await apply({ declared: [polygonDailyIngestion] });
    expect(await readSchedules(worker.client)).toHaveLength(2);
    // The server's list runs a moment behind.
    await expect
      .poll(() => pruneSchedules(worker.client, [polygonDailyIngestion]))
      .toContain('polygon-settlement');
    expect(await readSchedule(worker.client, 'polygon-settlement')).toBeNull();
    expect(await readSchedule(worker.client, daily)).not.toBeNull();
    await schedule('of-somebody-else').describe();
    await schedule('of-somebody-else').delete();
  });

  test('finds the search attributes there, and does not add them again', async () => {
    await registerSearchAttributes(worker.client);
  });
});

describe('the sessions of a firing', () => {
  const requestAt = (nominalTime: string) => requestFrom(dailyFlow, {}, nominalTime);
  test.each([
    ['a weekday evening', '2024-06-12T01:00:00Z', ['2024-06-10', '2024-06-11']],
    ['a Monday: the weekend has none', '2024-06-11T01:00:00Z', ['2024-06-10']],
    ['the evening of a half day', '2024-07-04T01:00:00Z', ['2024-07-02', '2024-07-03']],
    ['the evening of a holiday', '2024-07-05T01:00:00Z', ['2024-07-03']],
    ['the day after a holiday', '2024-07-06T01:00:00Z', ['2024-07-05']],
    ['Thanksgiving', '2024-11-29T02:00:00Z', ['2024-11-27']],
    ['the half day after it', '2024-11-30T02:00:00Z', ['2024-11-29']],
    ['the last evening of winter time', '2024-03-09T02:00:00Z', ['2024-03-07', '2024-03-08']],
    ['the first of summer time', '2024-03-12T01:00:00Z', ['2024-03-11']],
    ['the last of summer time', '2024-11-02T01:00:00Z', ['2024-10-31', '2024-11-01']],
    ['the first of winter time', '2024-11-05T02:00:00Z', ['2024-11-04']],
    ['a Sunday, by hand', '2024-06-16T18:00:00Z', ['2024-06-14']],
    ['New Year’s Day', '2025-01-02T02:00:00Z', ['2024-12-31']],
  ])('%s', (_, nominalTime, sessions) => {
    expect(sessionsOf(requestAt(nominalTime), exchangeCalendar).sessions).toEqual(sessions);
  });

  test('are in the id of its run, the time is not', () => {
    const on = (nominalTime: string) =>
      plannedRun(dailyFlow, requestAt(nominalTime), exchangeCalendar).workflowId;
    expect(on('2024-07-05T01:00:00Z')).toMatch(/^polygon-daily-ingestion\/2024-07-03\/1d\/[0-9a-f]{12}$/);
    expect(on('2024-07-05T01:00:00Z')).toBe(on('2024-07-05T09:30:00Z'));
    expect(on('2024-07-05T01:00:00Z')).not.toBe(on('2024-07-03T01:00:00Z'));
  });
});

describe('firings on the server', () => {
  /** Waits for so many firings, and for what became of them. */
  async function firings(count: number, id: string = daily): Promise<readonly FiringOutcome[]> {
    const recent = async () => (await schedule(id).describe()).info.recentActions;
    await expect
      .poll(async () => (await recent()).length, { timeout: 50_000, interval: 50 })
      .toBeGreaterThanOrEqual(count);
    const fired = (await recent()).slice(-count).map(({ action }) => action.workflow);
    const outcomes = await Promise.all(
      fired.map(({ workflowId, firstExecutionRunId }) =>
        worker.client.workflow
          .getHandle<() => Promise<FiringOutcome>>(workflowId, firstExecutionRunId)
          .result(),
      ),
    );
    if (id === daily) await worker.saveHistory(fired[0]?.workflowId ?? '', 'scheduled-run');
    return outcomes;
  }
  const finished = (outcomes: readonly FiringOutcome[]) =>
    Promise.all(outcomes.map(({ workflowId }) => worker.client.workflow.getHandle(workflowId).result()));
  const week = { start: new Date('2024-06-10T12:00:00Z'), end: new Date('2024-06-15T12:00:00Z') };

  test('backfilled, one run does the sessions of all of them, once, also when all is fired again', async () => {
    await apply();
    await schedule(daily).backfill({ ...week, overlap: 'ALLOW_ALL' });
    const outcomes = await firings(5);
    expect(outcomes.filter(({ outcome }) => outcome === 'started')).toHaveLength(1);
    expect(new Set(outcomes.map(({ workflowId }) => workflowId)).size).toBe(1);
    expect(outcomes.map(({ nominalTime }) => nominalTime).sort()).toEqual(
      ['11', '12', '13', '14', '15'].map((day) => `2024-06-${day}T01:00:00.000Z`),
    );
    await finished(outcomes);
    const { rows } = await sql<{ session: string; bars: number }>`
      select session_date as session, count(*)::int as bars from market.daily_bars
      where session_date >= '2024-06-10' group by 1 order by 1`.execute(store.db);
    expect(rows.map(({ session }) => session)).toEqual(
      ['10', '11', '12', '13', '14'].map((day) => `2024-06-${day}`),
    );
    // Corporate actions are read beside the runs, at their own pace.
    const barRequests = () => market.requests().filter(({ endpoint }) => endpoint === 'marketDay').length;
    const requests = barRequests();
    await schedule(daily).backfill({ ...week, overlap: 'ALLOW_ALL' });
    const again = await firings(10).then((all) => all.slice(5));
    expect(again.map(({ outcome }) => outcome)).toEqual(Array(5).fill('done'));
    expect(barRequests()).toBe(requests);
  });

  test('that overlap join the run that is under way', async () => {
    await apply();
    market.setFaults([{ match: {}, fault: { kind: 'slow', ms: 1_500 } }]);
    const friday = { start: new Date('2024-06-08T00:00:00Z'), end: new Date('2024-06-08T12:00:00Z') };
    await schedule(daily).backfill({ ...friday, overlap: 'ALLOW_ALL' });
    const outcomes = await firings(1);
    const run = worker.client.workflow.getHandle(outcomes[0]?.workflowId ?? '');
    await run.executeUpdate('pauseRun');
    await schedule(daily).backfill({ ...friday, overlap: 'ALLOW_ALL' });
    const later = await firings(2);
    await run.executeUpdate('resumeRun');
    market.setFaults([]);
    await finished(outcomes);
    expect(later.at(-1)).toMatchObject({ outcome: 'joined', workflowId: outcomes[0]?.workflowId });
    const { rows } = await sql<{ runs: number }>`select count(*)::int as runs from market.runs
      where workflow_id = ${outcomes[0]?.workflowId ?? ''}`.execute(store.db);
    expect(rows).toEqual([{ runs: 1 }]);
  });

  test('join the run that goes on on another server with the same database', async () => {
    await apply();
    const monday = { start: new Date('2024-06-04T00:00:00Z'), end: new Date('2024-06-04T12:00:00Z') };
    const nominalTime = '2024-06-04T01:00:00Z';
    const request = requestFrom(dailyFlow, polygonDailyIngestion.parameters, nominalTime);
    const { workflowId, sessions } = plannedRun(dailyFlow, request, exchangeCalendar);
    const [runId, namespaceId] = [randomUUID(), 'another server'];
    const run = { runId, workflowId, namespaceId, flow: daily, parameters: request, sessions };
    await insertRun(store.db, { ...run, startedAt: new Date().toISOString() });
    const far = { identity: 'far', pool: 'data-ingestion', host: 'far', pid: 1, market: 'live' };
    await registerWorker(store.db, { ...far, baseUrls: {}, keyFingerprint: null, namespaceId }, []);
    // What earlier runs have done beside is through.
    await worker.idle();
    const asked = market.requests().length;
    const [outcome] = await schedule(daily)
      .backfill({ ...monday, overlap: 'ALLOW_ALL' })
      .then(() => firings(1));
    expect(outcome).toMatchObject({ outcome: 'joined', workflowId });
    expect(market.requests().length).toBe(asked);
    await closeRun(store.db, runId, { status: 'completed', summary: {} });
  });

  test('every hour bring a watchlist while there is a session, and end at once when nothing is due', async () => {
    await apply({ declared: [yahooMarketDataHourly] });
    const yahoo = schedule('yahoo-market-data-hourly');
    const between = (from: string, to: string) => ({ start: new Date(from), end: new Date(to) });
    // A Wednesday holiday, and a Thursday whose watchlist is empty.
    await yahoo.backfill({
      ...between('2023-07-04T12:30:00Z', '2023-07-04T13:30:00Z'),
      overlap: 'ALLOW_ALL',
    });
    // Of two backfills asked for at once the server may carry out one.
    await firings(1, 'yahoo-market-data-hourly');
    await yahoo.backfill({
      ...between('2024-06-13T16:30:00Z', '2024-06-13T17:30:00Z'),
      overlap: 'ALLOW_ALL',
    });
    const idle = await firings(2, 'yahoo-market-data-hourly');
    expect(idle.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['nothing_due', 'the market is closed'],
      ['nothing_due', 'the watchlist is empty: barwright symbols watch AAPL,MSFT'],
    ]);
    const { recentActions } = (await yahoo.describe()).info;
    const { events } = await worker.client.workflow
      .getHandle(recentActions[0]?.action.workflow.workflowId ?? '')
      .fetchHistory();
    const scheduled = (events ?? []).filter(({ activityTaskScheduledEventAttributes: one }) => one);
    expect(scheduled).toHaveLength(1);

    await worker.execute('syncUniverse', []);
    await worker.execute('watchSymbols', [{ symbols: ['AAPL'], seconds: 1 }]);
    market.setClock('2024-06-13T21:00:00Z');
    await yahoo.backfill({
      ...between('2024-06-13T20:30:00Z', '2024-06-13T21:30:00Z'),
      overlap: 'ALLOW_ALL',
    });
    const [due] = (await firings(3, 'yahoo-market-data-hourly')).slice(2);
    expect(due).toMatchObject({ outcome: 'started', nominalTime: '2024-06-13T21:00:00.000Z' });
    await worker.client.workflow.getHandle(due?.workflowId ?? '').result();
    const stored = () =>
      sql<{ hours: number; days: number }>`
        select (select count(*)::int from market.intraday_bars where session_date = '2024-06-13') as hours,
          (select count(*)::int from market.daily_bars where session_date = '2024-06-13' and source = 'yahoo') as days`
        .execute(store.db)
        .then(({ rows }) => rows[0]);
    await expect.poll(stored, { timeout: 60_000 }).toEqual({ hours: 7, days: 1 });
    market.setClock('2024-06-15T12:00:00Z');
  });

  test('by hand are for the moment, and leave attributes to find the run by', async () => {
    await apply();
    await schedule(daily).trigger();
    const [outcome] = await firings(1);
    expect(outcome?.outcome).toBe('started');
    const handle = worker.client.workflow.getHandle(outcome?.workflowId ?? '');
    const { typedSearchAttributes, memo, staticSummary } = await handle.describe();
    const attributes = typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]);
    expect(Object.fromEntries(attributes)).toMatchObject({
      Pipeline: daily,
      Provider: 'polygon',
      Tags: ['data-ingestion', 'polygon', 'scheduled'],
      Symbols: 'all',
    });
    expect(memo).toMatchObject({ startedBy: 'schedule', description: flows[daily].description });
    expect(await staticSummary()).toMatch(
      /^1d bars up to [-\d]+ from polygon: every symbol; revisionSessions 5$/,
    );
    await handle.terminate('it is for a time that this market does not know');
  });
});
