import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { expectStep, madeStep, pending, stepsFromElsewhere, watchProgress } from '../../src/progress.ts';
import { beatOf, heartbeats, silentMs } from '../../workers/heartbeats.ts';

/** Work of an activity by a clock of the test's own, and the signs of life that it would give. */
function watched() {
  let now = 1_000_000;
  let beats = 0;
  const watch = watchProgress(() => now);
  const context = { heartbeat: () => void (beats += 1) };
  const { inbound } = heartbeats(context, watch);
  return {
    /** Does it as the worker does. */
    run: async (work: () => Promise<void>) => {
      await inbound?.execute?.({ args: [], headers: {} }, work);
    },
    later: (ms: number) => void (now += ms),
    /** Whether a sign of life is given at this moment. */
    beats: () => {
      const before = beats;
      beatOf(context, watch);
      return beats > before;
    },
  };
}

test('work that has made no step for two minutes gives no sign of life, until it makes one', async () => {
  const { run, later, beats } = watched();
  await run(async () => {
    later(silentMs - 1);
    expect(beats()).toBe(true);
    later(1);
    expect(beats()).toBe(false);
    await turn();
    madeStep();
    expect(beats()).toBe(true);
    later(silentMs);
    expect(beats()).toBe(false);
  });
});

test('a wait that is known to end is no silence for as long as that', async () => {
  const { run, later, beats } = watched();
  await run(async () => {
    expectStep(3_600_000);
    later(3_600_000);
    expect(beats()).toBe(true);
    // It has not.
    later(silentMs);
    expect(beats()).toBe(false);
    await turn();
  });
});

test('what somebody sees to the end of is no silence, however it ends', async () => {
  const { run, later, beats } = watched();
  const { promise, reject } = Promise.withResolvers<undefined>();
  await run(async () => {
    const asked = pending(promise);
    later(10 * silentMs);
    expect(beats()).toBe(true);
    reject(new Error('no'));
    await expect(asked).rejects.toThrow('no');
    expect(beats()).toBe(true);
    later(silentMs);
    expect(beats()).toBe(false);
  });
});

test('a step counts for the work that it is of, and for no other', async () => {
  const [one, other] = [watched(), watched()];
  let step: () => void = () => undefined;
  await Promise.all([
    one.run(async () => {
      step = stepsFromElsewhere();
      await turn();
    }),
    other.run(async () => {
      await turn();
      for (const each of [one, other]) each.later(silentMs);
      madeStep();
      expect([one.beats(), other.beats()]).toEqual([false, true]);
      step();
      expect(one.beats()).toBe(true);
    }),
  ]);
  // Outside of any work there is nobody to tell.
  madeStep();
  await pending(Promise.resolve());
});
