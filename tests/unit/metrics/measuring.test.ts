import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { count, measured, observe, setGauge, type Meter } from '../../../src/metrics/measuring.ts';

/** A meter that keeps what it hears. */
function keptMeter(): Meter & { readonly heard: unknown[][] } {
  const heard: unknown[][] = [];
  const keep = (...told: unknown[]) => void heard.push(told);
  return { heard, count: keep, observe: keep, set: keep };
}

const bars = { provider: 'polygon', interval: '1d' };

test('what is counted goes to the meter of the work that counts it', async () => {
  const [one, other] = [keptMeter(), keptMeter()];
  const work = (rows: number) => async () => {
    await setImmediate();
    count('rowsRead', rows, bars);
    observe('budgetWait', rows, { provider: 'polygon', lane: 'live' });
    setGauge('databaseUp', rows, {});
  };
  await Promise.all([measured(one, work(1)), measured(other, work(2))]);
  for (const [meter, rows] of [
    [one, 1],
    [other, 2],
  ] as const)
    expect(meter.heard).toEqual([
      ['rowsRead', rows, bars],
      ['budgetWait', rows, { provider: 'polygon', lane: 'live' }],
      ['databaseUp', rows, {}],
    ]);
});

test('nothing is counted where nobody counts, and nothing of nothing', async () => {
  count('rowsRead', 1, bars);
  const meter = keptMeter();
  await measured(meter, async () => {
    await setImmediate();
    count('rowsRead', 0, bars);
  });
  expect(meter.heard).toEqual([]);
});

test('what work throws is thrown on', async () => {
  await expect(measured(keptMeter(), () => Promise.reject(new Error('it failed')))).rejects.toThrow(
    'it failed',
  );
});
