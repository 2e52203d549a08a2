import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupByNeighbours, transpose } from '../../../src/planning/group-cells.ts';

const lists = fc.array(fc.subarray([0, 1, 2, 3, 4]), { maxLength: 30 });

describe('grouping', () => {
  test('two vertices are in one group exactly when they have the same neighbours', () => {
    fc.assert(
      fc.property(lists, (all) => {
        const byKey = Object.groupBy(all.keys(), (index) => `of ${all[index]?.join() ?? ''}`);
        expect(groupByNeighbours(all).map(({ members }) => members)).toEqual(Object.values(byKey));
      }),
    );
  });

  test('lists of the same hash but other numbers stay apart', () => {
    const prime = 0x01000193;
    const [a, b] = [
      [1, 2],
      [3, 0],
    ];
    // The second number undoes what the first one changed in the hash.
    b[1] = Math.imul(2 ^ 1, prime) ^ Math.imul(2 ^ 3, prime) ^ 2;
    expect(groupByNeighbours([a, b, a]).map(({ members }) => members)).toEqual([[0, 2], [1]]);
  });
});

describe('the other side', () => {
  test('holds the same edges, in order', () => {
    fc.assert(
      fc.property(lists, (all) => {
        const expected = [0, 1, 2, 3, 4].map((vertex) =>
          [...all.keys()].filter((at) => all[at]?.includes(vertex)),
        );
        expect(transpose(all, 5).map((list) => Array.from(list))).toEqual(expected);
      }),
    );
  });
});
