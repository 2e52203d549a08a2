import { expect, test } from 'vitest';
import { exchangeCalendar } from '../../../src/calendar/exchange-calendar.ts';
import { flowNames, flows, type FlowName } from '../../../src/flows/index.ts';
import { requestFrom } from '../../../src/flows/input.ts';
import { plannedRun } from '../../../src/flows/runs.ts';
import { runTitle, symbolsInBrief } from '../../../src/flows/run-title.ts';

// A Wednesday evening in New York.
const nominal = '2024-06-13T02:00:00Z';

function titleOf(name: FlowName, parameters: object) {
  const request = requestFrom(flows[name], parameters, nominal);
  const { range } = plannedRun(flows[name], request, exchangeCalendar).sessions;
  return runTitle(flows[name], { parameters, request, session: range.to });
}

const range = { startDate: '2024-05-01', endDate: '2024-05-31' };
const many = Array.from({ length: 50_000 }, (_, index) => `SYM${index}`);

test.each([
  ['polygon-daily-ingestion', {}, '1d bars up to 2024-06-12 from polygon: every symbol'],
  [
    'polygon-daily-ingestion',
    { daysBack: 9, maxSymbols: 10, incremental: true },
    '1d bars up to 2024-06-12 from polygon: every symbol; maxSymbols 10; daysBack 9',
  ],
  ['polygon-settlement', {}, 'settles 1d bars up to 2024-06-11 from polygon: every symbol'],
  [
    'yahoo-market-data-hourly',
    { symbols: ['AAPL', 'BRK.B'], includeFundamentals: true },
    '1h bars up to 2024-06-12 from yahoo: AAPL, BRK.B; includeFundamentals true',
  ],
  ['yahoo-market-data-hourly', { interval: '1d' }, '1d bars up to 2024-06-12 from yahoo: the watchlist'],
  [
    'polygon-historical-backfill',
    { ...range, symbols: many },
    '1d bars of 2024-05-01 to 2024-05-31 from polygon: 50000 symbols, SYM0, SYM1, SYM2, SYM3, SYM4 …',
  ],
  [
    'indicators-daily-calculation',
    { dataSource: 'polygon', symbols: ['AAPL'], waitSeconds: 60 },
    "indicators up to 2024-06-12 of polygon's bars: AAPL; waitSeconds 60",
  ],
  ['market-data-validation', {}, 'judges 1d bars up to 2024-06-12: every symbol'],
  [
    'market-data-validation',
    { ...range, symbols: ['AAPL'], checks: ['wick'] },
    'judges 1d bars of 2024-05-01 to 2024-05-31: AAPL; checks wick',
  ],
  ['maintenance-cleanup', { dryRun: true }, 'Takes away what is kept for a time only; dryRun true'],
] as const)('the title of %s %j says what it is asked beside the usual', (flow, parameters, title) => {
  expect(titleOf(flow, parameters).staticSummary).toBe(title);
});

test.each([
  ['polygon-daily-ingestion', {}, 'all'],
  ['polygon-daily-ingestion', { maxSymbols: 10 }, 'all, at most 10'],
  ['polygon-daily-ingestion', { symbols: ['AAPL', 'BRK.B'] }, 'AAPL, BRK.B'],
  ['polygon-historical-backfill', { ...range, symbols: many }, 'SYM0, SYM1, SYM2 +49997'],
  ['yahoo-market-data-hourly', {}, 'watchlist'],
  ['indicators-daily-calculation', { symbols: ['AAPL'] }, 'AAPL'],
  ['market-data-validation', {}, 'all'],
  ['maintenance-cleanup', {}, null],
] as const)('a column says of %s %j that it is about %j', (name, parameters, says) => {
  expect(symbolsInBrief(requestFrom(flows[name], parameters, '2024-06-13T16:00:00Z'))).toBe(says);
});

test('details say every parameter, those as usual as well', () => {
  expect(titleOf('yahoo-market-data-hourly', { symbols: ['AAPL'] }).staticDetails).toBe(
    [
      '- sessions: up to 2024-06-12',
      '- interval: 1h',
      '- source: yahoo',
      '- symbols: AAPL',
      '- daysBack: 1',
      '- includeFundamentals: false',
      '- includeKeyStatistics: false',
      '- revisionSessions: 5',
      '- incremental: true',
      '- doubtSilence: false',
      '- nominalTime: 2024-06-13T02:00:00.000Z',
    ].join('\n'),
  );
});

test.each(flowNames)('the server takes the title of %s whatever it is asked', (name) => {
  const symbols = { symbols: many.map((symbol) => `${symbol}${'X'.repeat(10)}`.slice(0, 12)) };
  const asked = 'symbols' in flows[name].parameters.shape ? symbols : {};
  const { staticSummary, staticDetails } = titleOf(
    name,
    name === 'polygon-historical-backfill' ? { ...range, ...asked } : asked,
  );
  expect(Buffer.byteLength(staticSummary)).toBeLessThan(400);
  expect(Buffer.byteLength(staticDetails)).toBeLessThan(20_000);
});
