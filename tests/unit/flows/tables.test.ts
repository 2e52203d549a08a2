import { describe, expect, test } from 'vitest';
import { declarations } from '../../../schedules/index.ts';
import { sourceNames, sources } from '../../../src/domain/source.ts';
import { dailyBarsFlow, flowNames, flows, isFlowName, refetchFlow } from '../../../src/flows/index.ts';
import { requestFrom } from '../../../src/flows/input.ts';
import { pools } from '../../../src/flows/pools.ts';
import * as workflows from '../../../workflows/index.ts';

const askedAt = '2024-06-13T16:00:00.000Z';

describe('the table of flows', () => {
  test.each(flowNames)('has %s under its own name, in a pool there is, with a workflow there is', (name) => {
    const { name: own, pool, type } = flows[name];
    expect(own).toBe(name);
    expect(pools).toContain(pool);
    expect(Object.keys(workflows)).toContain(type);
  });

  test('tells a name of it from any other word', () => {
    expect(flowNames.filter((name) => !isFlowName(name))).toEqual([]);
    expect(['', 'toString', 'polygon', 'polygonDailyIngestion'].filter(isFlowName)).toEqual([]);
  });

  test('has no two flows of one workflow', () => {
    const types = flowNames.map((name) => flows[name].type);
    expect(new Set(types).size).toBe(types.length);
  });
});

describe.each(sourceNames)('%s', (source) => {
  test('has its daily bars from a flow that asks it and is fired by the clock', () => {
    const name = dailyBarsFlow[source];
    expect(flows[name].asks).toBe(source);
    expect(declarations.map(({ flow }) => flow)).toContain(name);
  });

  test('has its series fetched again by a flow of its own where splits make them stale, else by none', () => {
    const name = refetchFlow[source];
    expect(name !== null).toBe(sources[source].prices === 'split_adjusted');
    if (name === null) return;
    expect(flows[name].asks).toBe(source);
    for (const interval of Object.keys(sources[source].intervals)) {
      const range = { startDate: '2024-01-02', endDate: '2024-06-12' };
      const input = { symbols: ['AAPL'], interval, incremental: false, ...range };
      expect(requestFrom(flows[name], input, askedAt)).toMatchObject({
        source,
        interval,
        incremental: false,
        sessions: { range: { from: range.startDate, to: range.endDate } },
      });
    }
  });
});

describe('the table of schedules', () => {
  test.each(declarations)('fires $flow with parameters that it takes', ({ flow, parameters }) => {
    const request = requestFrom(flows[flow], { ...parameters, nominalTime: askedAt }, '2031-01-01T00:00:00Z');
    expect(request.nominalTime).toBe(askedAt);
  });

  test('fires no flow twice, and none that needs to be told a range', () => {
    const fired = declarations.map(({ flow }) => flow);
    expect(new Set(fired).size).toBe(fired.length);
    expect(fired).not.toContain('polygon-historical-backfill');
  });
});
