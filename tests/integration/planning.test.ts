import { afterAll, beforeAll, expect, test } from 'vitest';
import { previewRun } from '../../src/pipelines/planning/preview-run.ts';
import type { IngestionRequest } from '../../src/runs/ingestion-run.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let store: TestDatabase;

beforeAll(async () => {
  store = await freshDatabase();
});
afterAll(() => store.close());

/** A week that ends with a holiday and a half day: four sessions, then one to 13:00. */
const thanksgiving = { from: '2024-11-22', to: '2024-11-29' };

function preview(over: Partial<IngestionRequest>) {
  const request: IngestionRequest = {
    nominalTime: '2024-12-02T12:00:00Z',
    sessions: { range: { from: '2024-11-18', to: '2024-11-22' } },
    symbols: ['ONE', 'TWO'],
    incremental: true,
    ...over,
  };
  return previewRun({ store, requestsPerMinute: 60 }, request);
}

test('a plan of days counts a bar a session', async () => {
  const { sessions, cells, expectedRows } = await preview({});
  expect({ sessions, cells, expectedRows }).toEqual({ sessions: 5, cells: 10, expectedRows: 10 });
});

test('a plan of hours counts the seven bars of a session, and the four of a half day', async () => {
  const hours = { source: 'yahoo', interval: '1h' } as const;
  const week = await preview(hours);
  expect([week.sessions, week.cells, week.expectedRows]).toEqual([5, 10, 2 * 35]);
  expect(week.requests).toEqual({ total: 2, wholeMarket: 0, perSymbol: 2, lookups: 2 });
  const short = await preview({ ...hours, sessions: { range: thanksgiving } });
  expect([short.sessions, short.cells, short.expectedRows]).toEqual([5, 10, 2 * (4 * 7 + 4)]);
});
