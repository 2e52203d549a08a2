import { describe, expect, test } from 'vitest';
import { flowNames, flows, type FlowName } from '../../../src/flows/index.ts';
import { requestFrom } from '../../../src/flows/input.ts';

const askedAt = '2024-06-13T16:00:00.000Z';
const range = { startDate: '2024-01-02', endDate: '2024-03-29' };

/** What a flow cannot do without. */
const required: Readonly<Partial<Record<FlowName, object>>> = { 'polygon-historical-backfill': range };

const bars = { nominalTime: askedAt, incremental: true, revisionSessions: 0 };
const nothingBeside = { includeFundamentals: false, includeKeyStatistics: false };
const polygon = { ...bars, ...nothingBeside, source: 'polygon', interval: '1d' };

/** The request that each flow makes of what the plan says of it: nothing but what is required. */
const usual: Readonly<Record<FlowName, object>> = {
  'polygon-daily-ingestion': { ...polygon, sessions: { daysBack: 1, reachBackDays: null } },
  'polygon-settlement': {
    ...polygon,
    incremental: false,
    sessions: { finalSessions: 10, onSaturdays: 10 },
  },
  'polygon-historical-backfill': {
    ...polygon,
    sessions: { range: { from: range.startDate, to: range.endDate } },
  },
  'yahoo-market-data-hourly': {
    ...bars,
    ...nothingBeside,
    source: 'yahoo',
    interval: '1h',
    sessions: { daysBack: 1, reachBackDays: 728 },
    revisionSessions: 5,
  },
  'indicators-daily-calculation': {
    nominalTime: askedAt,
    source: 'yahoo',
    rows: { daysBack: 300, calculationDate: null },
    waitSeconds: null,
  },
  'market-data-validation': {
    nominalTime: askedAt,
    rows: { daysBack: 6, calculationDate: null },
    waitSeconds: null,
  },
  'maintenance-cleanup': { nominalTime: askedAt, retentionDays: { run_events: 90 }, dryRun: false },
};

describe.each(flowNames)('%s', (name) => {
  const flow = flows[name];
  const needed = required[name];

  test('asks by itself what the plan says', () => {
    expect(requestFrom(flow, needed, askedAt)).toEqual(usual[name]);
  });

  test('is for the time that its parameters name, whatever its offset', () => {
    const request = requestFrom(flow, { ...needed, nominalTime: '2024-06-14T01:30:00+02:00' }, askedAt);
    expect(request.nominalTime).toBe('2024-06-13T23:30:00.000Z');
  });

  test('is JSON, and the same after the way to a worker', () => {
    const request = requestFrom(flow, needed, askedAt);
    expect(JSON.parse(JSON.stringify(request))).toEqual(request);
  });
});

const needsNothing = flowNames.filter((name) => required[name] === undefined);

test.each(needsNothing)('%s takes nothing, null and an empty object for no parameters', (name) => {
  for (const input of [undefined, null, {}])
    expect(requestFrom(flows[name], input, askedAt)).toEqual(usual[name]);
});

/** The plan's figures of each flow: retries and seconds. */
const policies: Readonly<Record<FlowName, object>> = {
  'polygon-daily-ingestion': {
    loadRetries: 3,
    retryDelaySeconds: 60,
    runRetries: 1,
    runRetryDelaySeconds: 300,
    timeoutSeconds: 3_600,
  },
  'polygon-settlement': { loadRetries: 3, crossCheck: true, timeoutSeconds: 3_600 },
  'polygon-historical-backfill': { runRetries: 0, timeoutSeconds: 7_200 },
  'yahoo-market-data-hourly': { loadRetries: 2, retryDelaySeconds: 30, runRetries: 0 },
  'indicators-daily-calculation': { runRetries: 1, timeoutSeconds: 3_600 },
  'market-data-validation': { loadRetries: 0, timeoutSeconds: 3_600 },
  'maintenance-cleanup': { loadRetries: 0 },
};

test.each(flowNames)('%s keeps to the plan’s retries and deadline', (name) => {
  expect(flows[name].policy).toMatchObject(policies[name]);
});

test('symbols asked twice are asked once, in the order of the first', () => {
  const input = { symbols: ['MSFT', 'AAPL', 'MSFT'] };
  expect(requestFrom(flows['polygon-daily-ingestion'], input, askedAt)).toMatchObject({
    symbols: ['MSFT', 'AAPL'],
  });
});

test('a range of Yahoo’s takes the place of days back, and asks no session once more for corrections', () => {
  expect(requestFrom(flows['yahoo-market-data-hourly'], { ...range, interval: '1d' }, askedAt)).toMatchObject(
    {
      sessions: { range: { from: range.startDate, to: range.endDate } },
      revisionSessions: 0,
    },
  );
});
