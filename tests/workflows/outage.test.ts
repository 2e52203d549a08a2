import { sql } from 'kysely';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { afterAll, expect, test } from 'vitest';
import { polygonDailyIngestion } from '../../schedules/polygon-daily-ingestion.ts';
import { yahooMarketDataHourly } from '../../schedules/yahoo-market-data-hourly.ts';
import type { ScheduleDeclaration } from '../../schedules/declaration.ts';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import type { FiringOutcome } from '../../workflows/start-scheduled-run.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { startTestMarket } from '../support/test-market.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

const outage = { from: '2024-06-05', to: '2024-06-13' };
const days = ['05', '06', '07', '10', '11', '12', '13'];
const nominalTimeKey = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');

const ends: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

/** A database of its own that watches one symbol, who works on it, and a market that counts what it is asked. */
async function installation() {
  const market = await startTestMarket({ clock: '2024-06-14T03:00:00Z', symbols: 12 });
  ends.push(() => market.close());
  const store = await freshDatabase();
  ends.push(() => store.close());
  const worker = await startTestWorker({ store, baseUrl: market.url });
  ends.push(() => worker.stop());
  await worker.execute('syncUniverse', []);
  await worker.execute('watchSymbols', [{ symbols: ['AAPL'], seconds: 1 }]);
  const asked = (endpoint: string) => market.requests().filter((one) => one.endpoint === endpoint).length;
  const before = { daily: asked('marketDay'), hourly: asked('chart') };
  const spent = () => ({ daily: asked('marketDay') - before.daily, hourly: asked('chart') - before.hourly });
  return { store, worker, spent };
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

async function sessionsIn({ db }: TestDatabase, table: string, source: string): Promise<readonly string[]> {
  const { rows } = await sql<{
    session: string;
  }>`select distinct session_date as session from ${sql.table(table)}
    where source = ${source} and session_date between ${outage.from} and ${outage.to} order by 1`.execute(db);
  return rows.map(({ session }) => session);
}

const count = (outcomes: readonly FiringOutcome[], wanted: FiringOutcome['outcome']) =>
  outcomes.filter(({ outcome }) => outcome === wanted).length;

test('after nine days every session is done, by as many requests as one catch-up takes', async () => {
  const { store, worker, spent } = await installation();
  const evenings = days.map((day) =>
    new Date(Date.parse(`2024-06-${day}T01:00:00Z`) + 86_400_000).toISOString(),
  );
  const hours = days.flatMap((day) => [12, 16, 21].map((hour) => `2024-06-${day}T${hour}:00:00.000Z`));
  const [daily, hourly] = await Promise.all([
    fireLate(worker, polygonDailyIngestion, evenings),
    fireLate(worker, yahooMarketDataHourly, hours),
  ]);
  await worker.idle();

  // Each has its outcome, and says which run did its sessions.
  expect([count(daily, 'started'), count(daily, 'joined') + count(daily, 'done')]).toEqual([1, 6]);
  expect(new Set(daily.map(({ workflowId }) => workflowId)).size).toBe(1);
  expect([count(hourly, 'started'), count(hourly, 'nothing_due')]).toEqual([1, 7]);
  const sessions = sessionsBetween(outage).map(({ session }) => session);
  expect(await sessionsIn(store, 'market.daily_bars', 'polygon')).toEqual(sessions);
  expect(await sessionsIn(store, 'market.intraday_bars', 'yahoo')).toEqual(sessions);
  expect(await sessionsIn(store, 'market.daily_bars', 'yahoo')).toEqual(sessions);
  // As one run takes that is asked for nine days back: a request a session, and one an interval.
  expect(spent()).toEqual({ daily: sessions.length + 1, hourly: 2 });
});
