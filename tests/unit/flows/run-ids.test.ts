import { expect, test } from 'vitest';
import { declarations } from '../../../schedules/index.ts';
import { exchangeCalendar } from '../../../src/calendar/exchange-calendar.ts';
import { flows, type FlowName } from '../../../src/flows/index.ts';
import { requestFrom } from '../../../src/flows/input.ts';
import { plannedRun } from '../../../src/flows/runs.ts';

// A Wednesday evening in New York, an hour after the daily flow's own time.
const nominal = '2024-06-13T02:00:00Z';
const idOf = (name: FlowName, parameters: object, at = nominal) =>
  plannedRun(flows[name], requestFrom(flows[name], parameters, at), exchangeCalendar).workflowId;

test.each(declarations.map(({ flow, parameters }) => [flow, parameters] as const))(
  'a person’s run of %s and its schedule’s are one',
  (flow, parameters) => {
    expect(idOf(flow, {})).toBe(idOf(flow, parameters));
  },
);

test.each([
  ['polygon-daily-ingestion', { daysBack: 9 }, /^polygon-daily-ingestion\/2024-06-12\/1d\/[0-9a-f]{12}$/],
  ['polygon-settlement', {}, /^polygon-settlement\/2024-06-11\/1d\/[0-9a-f]{12}$/],
  ['yahoo-market-data-hourly', {}, /^yahoo-market-data-hourly\/2024-06-12\/1h\/[0-9a-f]{12}$/],
  [
    'yahoo-market-data-hourly',
    { interval: '1d' },
    /^yahoo-market-data-hourly\/2024-06-12\/1d\/[0-9a-f]{12}$/,
  ],
  [
    'polygon-historical-backfill',
    { startDate: '2024-05-01', endDate: '2024-05-31' },
    /^polygon-historical-backfill\/2024-05-01\.\.2024-05-31\/1d\/[0-9a-f]{12}$/,
  ],
] as const)('the id of %s %j says what it is for', (flow, parameters, form) => {
  expect(idOf(flow, parameters)).toMatch(form);
});

test.each([
  ['other days', { daysBack: 2 }],
  ['some symbols', { symbols: ['AAPL'] }],
  ['no more than so many', { maxSymbols: 3 }],
  ['what is stored as well', { incremental: false }],
])('%s make another run of it', (_, parameters) => {
  expect(idOf('polygon-daily-ingestion', parameters)).not.toBe(idOf('polygon-daily-ingestion', {}));
});
