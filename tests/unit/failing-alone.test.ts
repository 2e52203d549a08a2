import fc from 'fast-check';
import pg from 'pg';
import { expect, test } from 'vitest';
import { failingAlone } from '../../src/pipelines/containment/failing-alone.ts';
import { failureOf } from '../support/failure.ts';

/** A store that takes a batch as a whole or not at all, and refuses some of it. */
function refusing(refusalOf: (item: number) => Error | undefined) {
  const stored: number[] = [];
  let attempts = 0;
  return {
    stored,
    attempts: () => attempts,
    attempt: (some: readonly number[]): Promise<void> => {
      attempts += 1;
      const error = some.map(refusalOf).find((one) => one !== undefined);
      if (error !== undefined) return Promise.reject(error);
      stored.push(...some);
      return Promise.resolve();
    },
  };
}

const lasting: readonly ((item: number) => Error)[] = [
  (item) => Object.assign(new Error(`violates the check for ${item}`), { code: '23514' }),
  (item) => Object.assign(new Error(`out of range: ${item}`), { code: '22003' }),
  (item) => Object.assign(new Error(`no function for ${item}`), { code: '42883' }),
  (item) => new RangeError(`Invalid time value ${item}`),
  (item) => new TypeError(`${item} is not a function`),
];

const batches = fc.integer({ min: 1, max: 100 }).chain((size) =>
  fc.record({
    size: fc.constant(size),
    poisoned: fc.oneof(
      fc.uniqueArray(fc.nat({ max: size - 1 }), { maxLength: size }),
      fc.constant(Array.from({ length: size }, (_, item) => item)),
    ),
    kinds: fc.array(fc.nat({ max: lasting.length - 1 }), { minLength: size, maxLength: size }),
  }),
);

test('of any batch the poisoned fail with their own cause, and every other is stored once', async () => {
  await fc.assert(
    fc.asyncProperty(batches, async ({ size, poisoned, kinds }) => {
      const errorOf = new Map(poisoned.map((item) => [item, lasting[kinds[item] ?? 0]?.(item)]));
      const store = refusing((item) => errorOf.get(item));
      const items = Array.from({ length: size }, (_, item) => item);
      const culprits = await failingAlone(items, store.attempt);
      const inOrder = poisoned.toSorted((one, other) => one - other);
      expect(culprits).toEqual(inOrder.map((item) => ({ item, error: errorOf.get(item) })));
      expect(store.stored).toEqual(items.filter((item) => !errorOf.has(item)));
      const deepest = Math.ceil(Math.log2(size));
      const bound = Math.min(1 + 2 * poisoned.length * deepest, 2 * size - 1);
      expect(store.attempts()).toBeLessThanOrEqual(bound);
    }),
    { seed: 143, numRuns: 400 },
  );
});

test('what may pass is thrown at once, and nothing more is attempted', async () => {
  const lost = Object.assign(new Error('terminating connection'), { code: '57P01' });
  const poison = new RangeError('no');
  const store = refusing((item) => (item === 1 ? poison : item === 6 ? lost : undefined));
  // The first half tells of the poison alone, the second of the connection.
  expect(await failureOf(failingAlone([0, 1, 2, 3, 4, 5, 6, 7], store.attempt))).toBe(lost);
  expect(store.stored).toEqual([0, 2, 3]);
  expect(store.attempts()).toBe(7);
});

test('of two that fail together alone, both are stored', async () => {
  const stored: number[] = [];
  const culprits = await failingAlone([1, 2], (some) => {
    if (some.length === 2) return Promise.reject(new RangeError('twice'));
    stored.push(...some);
    return Promise.resolve();
  });
  expect({ culprits, stored }).toEqual({ culprits: [], stored: [1, 2] });
});

test('what a server refuses for a cause nobody knows is no reason to ask again', async () => {
  const broken = new pg.DatabaseError('missing chunk number 0 for toast value', 0, 'error');
  broken.code = 'XX000';
  const store = refusing((item) => (item === 2 ? broken : undefined));
  expect(await failingAlone([1, 2, 3], store.attempt)).toEqual([{ item: 2, error: broken }]);
  expect(store.stored).toEqual([1, 3]);
});

test('what nobody knows is thrown', async () => {
  const unknown = new Error('something');
  const store = refusing(() => unknown);
  expect(await failureOf(failingAlone([1, 2], store.attempt))).toBe(unknown);
  expect(store.attempts()).toBe(1);
});

test('nothing is attempted for nothing', async () => {
  const store = refusing(() => undefined);
  expect(await failingAlone([], store.attempt)).toEqual([]);
  expect(store.attempts()).toBe(0);
});
