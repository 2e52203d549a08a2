import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { exchangeCalendar } from '../../src/calendar/exchange-calendar.ts';
import { polygonDailyIngestion } from '../../src/flows/polygon-daily-ingestion.ts';
import { polygonSettlement } from '../../src/flows/polygon-settlement.ts';
import { requestFrom } from '../../src/flows/input.ts';
import { sessionsOf } from '../../src/runs/run-sessions.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { dailyTables, emptyTables, ledgerTables } from '../support/empty-tables.ts';
import { startTestMarket, type TestMarket } from '../support/test-market.ts';
import { startTestWorker, type FlowParameters, type TestWorker } from '../support/test-worker.ts';

/** Tuesday evening, and the Wednesday and Thursday after at 11:30 New York. */
const evening = '2024-06-12T00:00:00Z';
const morning = '2024-06-12T15:30:00Z';
const nextMorning = '2024-06-13T15:30:00Z';
const tuesday = '2024-06-11';

let store: TestDatabase;
let market: TestMarket;
let worker: TestWorker;

beforeAll(async () => {
  store = await freshDatabase();
  market = await startTestMarket({ clock: evening, symbols: 1000 });
  worker = await startTestWorker({ store, baseUrl: market.url });
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

const settlement = (
  nominalTime: string,
  over: FlowParameters = {},
): FlowParameters & { readonly nominalTime: string } => ({
  nominalTime,
  saturdaySessions: 60,
  ...over,
});
const daily = (
  nominalTime: string,
  over: FlowParameters = {},
): FlowParameters & { readonly nominalTime: string } => ({
  nominalTime,
  daysBack: 0,
  ...over,
});
const absences = () =>
  sql<{
    symbol: string;
    confirmed: boolean;
    reason: string;
  }>`select symbol, confirmed, reason from market.bar_absences
    join market.instruments i on i.id = instrument_id where ${tuesday}::date between session_date and last_session order by symbol`
    .execute(store.db)
    .then(({ rows }) => rows);

describe('which sessions a settlement is for', () => {
  test.each([
    ['the day after, at the mark', morning, 10, ['2024-05-29', tuesday]],
    ['a minute before the mark', '2024-06-12T15:29:00Z', 10, ['2024-05-28', '2024-06-10']],
    ['over a weekend', '2024-06-15T15:30:00Z', 60, ['2024-03-21', '2024-06-14']],
    ['after a holiday', '2024-05-28T15:30:00Z', 10, ['2024-05-13', '2024-05-24']],
    ['over the clock change in spring', '2024-03-12T15:30:00Z', 10, ['2024-02-27', '2024-03-11']],
  ])('%s', (_, nominal, count, [first, last]) => {
    const { sessions } = sessionsOf(
      requestFrom(polygonSettlement, settlement(nominal), nominal),
      exchangeCalendar,
    );
    expect([sessions.length, sessions.at(0), sessions.at(-1)]).toEqual([count, first, last]);
  });

  test('an evening asks again for the sessions of its revision window', () => {
    const { sessions, again } = sessionsOf(
      requestFrom(polygonDailyIngestion, daily(evening, { revisionSessions: 5 }), evening),
      exchangeCalendar,
    );
    expect(sessions).toEqual(['2024-06-05', '2024-06-06', '2024-06-07', '2024-06-10', tuesday]);
    expect([...again]).toEqual(sessions);
  });
});

describe('settling', () => {
  test('makes provisional bars settled, with one request a session and a sample through the other endpoint', async () => {
    market.setClock(evening);
    await worker.run('polygon-daily-ingestion', daily(evening));
    market.setClock(morning);
    const { summary } = await worker.run('polygon-settlement', settlement(morning), 'settlement');
    expect(summary).toMatchObject({ requests: 10 + 50, failed: 0 });
    expect(summary.settledRecords).toBeGreaterThan(900);
    const { rows } = await sql<{
      provisional: number;
    }>`select count(*)::int as provisional from market.daily_bars
      where not settled`.execute(store.db);
    expect(rows).toEqual([{ provisional: 0 }]);
    const again = await worker.run('polygon-settlement', settlement(morning));
    expect(again.summary).toMatchObject({ changedRecords: 0, settledRecords: 0 });
  });

  test('names cells on which the two endpoints differ, with both values', async () => {
    market.setClock(nextMorning);
    const changed = { kind: 'changedBar' as const, session: tuesday, factor: 1.5 };
    market.setFaults([{ match: { endpoint: 'aggregates' }, fault: changed }]);
    const request = settlement(nextMorning, { sessions: 1 });
    const { runId } = await worker.run('polygon-settlement', { ...request, nominalTime: morning });
    const { rows } = await sql<{ grown: number }>`
      select (data -> 'series' ->> 'close')::float / (data -> 'marketDay' ->> 'close')::float as grown
      from market.run_events where run_id = ${runId} and data ->> 'kind' = 'EndpointsDiffer'`.execute(
      store.db,
    );
    expect(rows.length).toBe(50);
    expect(rows[0]?.grown).toBeCloseTo(1.5, 3);
  });

  test('a correction of the next day ends in one revision, settled', async () => {
    market.setClock(evening);
    const two = { symbols: ['AAPL', 'MSFT'] };
    await worker.run('polygon-daily-ingestion', daily(evening, two));
    market.setFaults([
      { match: { symbol: 'AAPL' }, fault: { kind: 'changedBar', session: tuesday, factor: 1.01 } },
    ]);
    market.setClock(morning);
    await worker.run('polygon-settlement', settlement(morning, two));
    await worker.run('polygon-settlement', settlement(nextMorning, two));
    const { rows } = await sql<{ symbol: string; settled: boolean; grown: number; revised_on: string }>`
      select symbol, b.settled, round((b.close / r.close)::numeric, 4)::float as grown, r.session_date as revised_on
      from market.bar_revisions r join market.daily_bars b using (instrument_id, source, session_date)
      join market.instruments i on i.id = instrument_id`.execute(store.db);
    expect(rows).toEqual([{ symbol: 'AAPL', settled: true, grown: 1.01, revised_on: tuesday }]);
  });
});

describe('absences from whole-market answers', () => {
  /** Enough stored days to know the usual size of the market. */
  async function knowTheMarket(): Promise<void> {
    market.setClock('2024-06-11T15:30:00Z');
    const before = settlement('2024-06-11T15:30:00Z', { sessions: 12 });
    await worker.run('polygon-settlement', before);
  }

  test('with fewer than ten days to compare with, none is believed', async () => {
    market.setClock(nextMorning);
    await worker.run('polygon-daily-ingestion', daily(nextMorning, { daysBack: 2 }));
    expect(await absences()).toEqual([]);
  });

  test('a whole answer makes a young session noted in the evening, and believed the next morning', async () => {
    await knowTheMarket();
    market.setClock(evening);
    const first = await worker.run('polygon-daily-ingestion', daily(evening));
    const noted = await absences();
    expect(noted.length).toBeGreaterThan(0);
    expect(noted.every(({ confirmed, reason }) => !confirmed && reason === 'no_trade')).toBe(true);
    expect(first.summary.partial).toBe(noted.length);
    market.setClock(morning);
    const settled = await worker.run('polygon-settlement', settlement(morning));
    expect(await absences()).toEqual(noted.map((absence) => ({ ...absence, confirmed: true })));
    expect(settled.summary.partial).toBe(0);
  });

  test.each([
    ['with 60 % of the rows', { kind: 'shortMarketDay' as const, fraction: 0.6 }],
    ['without SPY', { kind: 'shortMarketDay' as const, fraction: 1, without: ['SPY'] }],
  ])('a short answer %s makes none', async (_, fault) => {
    await knowTheMarket();
    market.setClock(nextMorning);
    market.setFaults([{ match: { endpoint: 'marketDay', session: tuesday }, fault }]);
    await worker.run('polygon-settlement', settlement(nextMorning));
    expect(await absences()).toEqual([]);
  });
});
