import { afterAll, beforeAll, expect, test } from 'vitest';
import { previewRun } from '../../src/pipelines/planning/preview-run.ts';
import { requestFrom } from '../../src/flows/input.ts';
import { yahooMarketDataHourly } from '../../src/flows/yahoo-market-data-hourly.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let store: TestDatabase;

beforeAll(async () => {
  store = await freshDatabase();
});
afterAll(() => store.close());

/** A week that ends with a holiday and a half day: four sessions, then one to 13:00. */
const thanksgiving = { startDate: '2024-11-22', endDate: '2024-11-29' };

const week = { startDate: '2024-11-18', endDate: '2024-11-22', symbols: ['ONE', 'TWO'] };
const asked = '2024-12-02T12:00:00Z';

function preview(interval: '1d' | '1h', over: object = {}) {
  const request = requestFrom(yahooMarketDataHourly, { ...week, interval, ...over }, asked);
  return previewRun({ db: store.db, requestsPerMinute: 60 }, request);
}

test('a plan of days counts a bar a session', async () => {
  const { sessions, cells, expectedRows } = await preview('1d');
  expect({ sessions, cells, expectedRows }).toEqual({ sessions: 5, cells: 10, expectedRows: 10 });
});

test('a plan of hours counts the seven bars of a session, and the four of a half day', async () => {
  const whole = await preview('1h');
  expect([whole.sessions, whole.cells, whole.expectedRows]).toEqual([5, 10, 2 * 35]);
  expect(whole.requests).toEqual({ total: 2, wholeMarket: 0, perSymbol: 2, lookups: 2 });
  const short = await preview('1h', thanksgiving);
  expect([short.sessions, short.cells, short.expectedRows]).toEqual([5, 10, 2 * (4 * 7 + 4)]);
});
