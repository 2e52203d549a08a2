import { expect, test } from 'vitest';
import { splitKind } from '../../src/domain/split-kind.ts';

test.each([
  [4, 1, 'split'],
  [3, 2, 'split'],
  [1.5, 1, 'split'],
  [7000, 1000, 'split'],
  [103, 100, 'split'],
  [1.05, 1, 'split'],
  [1, 10, 'reverse_split'],
  [1, 3000, 'reverse_split'],
  [2, 3, 'reverse_split'],
  [1281, 1000, 'spin_off'],
  [1.281, 1, 'spin_off'],
  [10000, 9607, 'spin_off'],
  [1 / 3, 1, 'spin_off'],
])('%d:%d is a %s', (numerator, denominator, kind) => {
  expect(splitKind({ after: numerator, before: denominator })).toBe(kind);
});
