import fc from 'fast-check';
import { expect, test } from 'vitest';
import { progressOfRun, progressOfAll, type Progress } from '../../../src/pipelines/waiting/progress.ts';

const anyProgress: fc.Arbitrary<Progress> = fc.oneof(
  fc.constant<Progress>({ state: 'finished', lacks: null }),
  fc.record({ state: fc.constantFrom('awaited' as const, 'given_up' as const), lacks: fc.string() }),
);

test('of several things one that is awaited is waited for, and whatever lacks is told', () => {
  fc.assert(
    fc.property(fc.array(anyProgress, { maxLength: 5 }), (all) => {
      const { state, lacks } = progressOfAll(all);
      const has = (one: Progress['state']) => all.some((each) => each.state === one);
      expect(state).toBe(has('awaited') ? 'awaited' : has('given_up') ? 'given_up' : 'finished');
      expect(lacks === null).toBe(state === 'finished');
      for (const each of all) expect(lacks ?? '').toContain(each.lacks ?? '');
    }),
  );
});

test.each([
  ['running', 'awaited', 'has not finished'],
  ['paused', 'awaited', 'has not finished'],
  ['cancelling', 'awaited', 'has not finished'],
  ['failed', 'given_up', 'has failed'],
  ['cancelled', 'given_up', 'was cancelled'],
  ['terminated', 'given_up', 'was terminated'],
] as const)('a run that is %s is %s', (status, state, how) => {
  expect(progressOfRun({ workflowId: 'daily/1', status })).toEqual({ state, lacks: `daily/1 ${how}` });
});

test('a run that has completed lacks nothing', () => {
  expect(progressOfRun({ workflowId: 'daily/1', status: 'completed' })).toEqual({
    state: 'finished',
    lacks: null,
  });
});
