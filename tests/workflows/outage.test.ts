import { sql } from 'kysely';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { polygonDailyIngestion } from '../../schedules/polygon-daily-ingestion.ts';
import { yahooMarketDataHourly } from '../../schedules/yahoo-market-data-hourly.ts';
import type { ScheduleDeclaration } from '../../schedules/declaration.ts';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import type { FiringOutcome } from '../../workflows/start-scheduled-run.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { startTestMarket, type TestMarket } from '../support/test-market.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

const outage = { from: '2024-06-05', to: '2024-06-13' };
const days = ['05', '06', '07', '10', '11', '12', '13'];
const nominalTimeKey = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');

let market: TestMarket;
const stores: TestDatabase[] = [];
const workers: TestWorker[] = [];

beforeAll(async () => {
  market = await startTestMarket({ clock: '2024-06-14T03:00:00Z', symbols: 5 });
});
afterAll(async () => {
  for (const worker of workers) await worker.stop();
  await market.close();
  for (const store of stores) await store.close();
});

/** A database of its own that watches one symbol, and who works on it. */
async function installation() {
  const store = await freshDatabase();
  const worker = await startTestWorker({ store, baseUrl: market.url });
  stores.push(store);
  workers.push(worker);
  await worker.execute('syncUniverse', []);
  await worker.execute('watchSymbols', [{ symbols: ['AAPL'], seconds: 1 }]);
  return { store, worker };
}

/** Those that a schedule has brought while nobody worked: all at once. */
async function fireLate(
  { client, taskQueue }: TestWorker,
  { flow, parameters }: ScheduleDeclaration,
  times: readonly string[],
): Promise<readonly FiringOutcome[]> {
  const firings = await Promise.all(
    times.map((nominalTime) =>
      client.workflow.start<() => Promise<FiringOutcome>>('startScheduledRun', {
        workflowId: `scheduled/${flow}-${nominalTime}-${taskQueue}`,
        taskQueue,
        args: [{ flow, parameters }] as never,
        typedSearchAttributes: new TypedSearchAttributes([
          { key: nominalTimeKey, value: new Date(nominalTime) },
        ]),
      }),
    ),
  );
  const outcomes = await Promise.all(firings.map((firing) => firing.result()));
  for (const id of new Set(outcomes.map(({ workflowId }) => workflowId)))
    await client.workflow
      .getHandle(id)
      .result()
      .catch(() => undefined);
  return outcomes;
}

const endpoints = (...wanted: readonly string[]) =>
  market.requests().filter(({ endpoint }) => wanted.includes(endpoint)).length;

async function sessionsIn({ db }: TestDatabase, table: string, source: string): Promise<readonly string[]> {
  const { rows } = await sql<{
    session: string;
  }>`select distinct session_date as session from ${sql.table(table)}
    where source = ${source} and session_date between ${outage.from} and ${outage.to} order by 1`.execute(db);
  return rows.map(({ session }) => session);
}

test('after nine days every session is done, by as many requests as one catch-up takes', async () => {
  const late = await installation();
  const before = { daily: endpoints('marketDay'), hourly: endpoints('chart') };
  const daily = await fireLate(
    late.worker,
    polygonDailyIngestion,
    days.map((day) => new Date(Date.parse(`2024-06-${day}T01:00:00Z`) + 86_400_000).toISOString()),
  );
  const hourly = await fireLate(
    late.worker,
    yahooMarketDataHourly,
    days.flatMap((day) => [12, 14, 16, 18, 20, 21].map((hour) => `2024-06-${day}T${hour}:00:00.000Z`)),
  );
  await late.worker.idle();
  const spent = {
    daily: endpoints('marketDay') - before.daily,
    hourly: endpoints('chart') - before.hourly,
  };

  // Each has its outcome, and says which run did its sessions.
  expect(daily.filter(({ outcome }) => outcome === 'started')).toHaveLength(1);
  expect(new Set(daily.map(({ workflowId }) => workflowId)).size).toBe(1);
  expect(hourly.filter(({ outcome }) => outcome === 'nothing_due')).toHaveLength(7);
  expect(hourly.filter(({ outcome }) => outcome === 'started')).toHaveLength(1);
  const sessions = sessionsBetween(outage).map(({ session }) => session);
  expect(await sessionsIn(late.store, 'market.daily_bars', 'polygon')).toEqual(sessions);
  expect(await sessionsIn(late.store, 'market.intraday_bars', 'yahoo')).toEqual(sessions);
  expect(await sessionsIn(late.store, 'market.daily_bars', 'yahoo')).toEqual(sessions);

  const once = await installation();
  const then = { daily: endpoints('marketDay'), hourly: endpoints('chart') };
  await once.worker.run('polygon-daily-ingestion', {
    nominalTime: '2024-06-14T01:00:00Z',
    daysBack: 9,
    revisionSessions: 5,
  });
  for (const interval of ['1h', '1d'])
    await once.worker.run('yahoo-market-data-hourly', {
      nominalTime: '2024-06-13T21:00:00Z',
      daysBack: 9,
      interval,
    });
  await once.worker.idle();
  expect(spent).toEqual({
    daily: endpoints('marketDay') - then.daily,
    hourly: endpoints('chart') - then.hourly,
  });
});
