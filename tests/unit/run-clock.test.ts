import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import fc from 'fast-check';
import { startClock } from '../../workflows/run-clock.ts';

const start = Date.parse('2024-06-13T16:00:00Z');
const fresh = { workedMs: 0, paused: false };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: start });
});
afterEach(() => {
  vi.useRealTimers();
});

function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

test('a clock counts work and no pause', () => {
  const clock = startClock(fresh);
  pass(1_000);
  clock.pause();
  pass(60_000);
  expect([clock.workedMs(), clock.paused()]).toEqual([1_000, true]);
  clock.resume();
  pass(500);
  expect([clock.workedMs(), clock.paused()]).toEqual([1_500, false]);
});

test('a clock does not count a standstill either, a pause within it or not', async () => {
  const clock = startClock(fresh);
  pass(1_000);
  for (const paused of [false, true]) {
    await clock.standStill(() => {
      pass(60_000);
      if (paused) clock.pause();
      return Promise.resolve();
    });
  }
  pass(60_000);
  expect([clock.workedMs(), clock.paused()]).toEqual([1_000, true]);
  clock.resume();
  pass(500);
  expect(clock.workedMs()).toBe(1_500);
});

test('a second pause or a second resume changes nothing', () => {
  const clock = startClock(fresh);
  clock.resume();
  pass(100);
  clock.pause();
  pass(1_000);
  clock.pause();
  pass(1_000);
  clock.resume();
  clock.resume();
  pass(100);
  expect(clock.workedMs()).toBe(200);
});

test('one that takes over paused stands until it is resumed', () => {
  const clock = startClock({ workedMs: 7_000, paused: true });
  pass(86_400_000);
  expect([clock.workedMs(), clock.paused()]).toEqual([7_000, true]);
  clock.resume();
  pass(10);
  expect(clock.workedMs()).toBe(7_010);
});

test('over any pauses, resumes and executions it has counted what was worked', () => {
  const steps = fc.array(
    fc.record({
      ms: fc.nat(100_000),
      then: fc.constantFrom<'pause' | 'resume' | 'handOver' | 'none'>('pause', 'resume', 'handOver', 'none'),
    }),
  );
  fc.assert(
    fc.property(steps, (taken) => {
      let clock = startClock(fresh);
      let [worked, paused] = [0, false];
      for (const { ms, then } of taken) {
        pass(ms);
        worked += paused ? 0 : ms;
        if (then === 'pause' || then === 'resume') {
          clock[then]();
          paused = then === 'pause';
        }
        if (then === 'handOver') clock = startClock({ workedMs: clock.workedMs(), paused: clock.paused() });
        expect([clock.workedMs(), clock.paused()]).toEqual([worked, paused]);
      }
    }),
  );
});
