import type { MetricMeter, MetricTags } from '@temporalio/common';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRuntimeMeter } from '../../../workers/runtime-meter.ts';

interface Series {
  readonly name: string;
  readonly value: number;
  readonly tags: MetricTags;
}

/** A runtime's meter that keeps what is recorded. */
function recordingMeter(): {
  readonly meter: MetricMeter;
  readonly recorded: Series[];
  readonly made: string[];
} {
  const [recorded, made]: [Series[], string[]] = [[], []];
  const metric = (kind: string, valueType: string, name: string) => {
    made.push(name);
    const record = (value: number, tags: MetricTags = {}) => void recorded.push({ name, value, tags });
    const one = { name, kind, valueType, add: record, record, set: record };
    return { ...one, withTags: () => metric(kind, valueType, name) } as never;
  };
  const meter: MetricMeter = {
    createCounter: (name) => metric('counter', 'int', name),
    createHistogram: (name) => metric('histogram', 'float', name),
    createGauge: (name) => metric('gauge', 'float', name),
    withTags: () => meter,
  };
  return { meter, recorded, made };
}

test('counters whose labels are known begin with 0, so that a rate sees their first event', () => {
  const { meter, recorded } = recordingMeter();
  createRuntimeMeter(meter);
  expect(recorded).toContainEqual({
    name: 'barwright_budget_deferrals',
    value: 0,
    tags: { provider: 'polygon', reason: 'refused' },
  });
  expect(recorded.every(({ value }) => value === 0)).toBe(true);
  expect(recorded.some(({ name }) => name === 'barwright_loads')).toBe(false);
});

test('a metric is made once, however often it is counted', () => {
  const { meter, recorded, made } = recordingMeter();
  const own = createRuntimeMeter(meter);
  for (const provider of ['polygon', 'yahoo', 'polygon']) own.set('budgetPerMinute', 2, { provider });
  expect(made.filter((name) => name === 'barwright_budget_per_minute')).toHaveLength(1);
  expect(recorded.filter(({ name }) => name === 'barwright_budget_per_minute')).toHaveLength(3);
});

test('whatever is counted, a label has few values, none of them a message', () => {
  const anyText = fc.oneof(
    fc.string(),
    fc.constantFrom('no such symbol: AAPL', '', 'é😀', 'x'.repeat(1_000)),
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(anyText, fc.nat().map(String)), { maxLength: 200 }), (kinds) => {
      const { meter, recorded } = recordingMeter();
      const own = createRuntimeMeter(meter);
      const before = recorded.length;
      const load = { provider: 'polygon', interval: '1d', status: 'failed' };
      for (const error_kind of kinds) own.count('loads', 1, { ...load, error_kind });
      const values = recorded.slice(before).map(({ tags }) => String(tags.error_kind));
      expect(values).toHaveLength(kinds.length);
      expect(new Set(values).size).toBeLessThanOrEqual(41);
      for (const value of values) expect(value).toMatch(/^[\w.+-]{1,64}$/);
    }),
    { seed: 15, numRuns: 50 },
  );
});
