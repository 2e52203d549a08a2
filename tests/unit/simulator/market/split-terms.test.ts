import { describe, expect, test } from 'vitest';
import { cumulated, factorAt } from '../../../../src/simulator/market/cumulative-steps.ts';
import { splitTerms } from '../../../../src/simulator/market/split-terms.ts';

describe('the terms of a split', () => {
  test.each([
    [4, 4, 1],
    [0.1, 1, 10],
    [1.5, 3, 2],
    [1.05, 21, 20],
    [1.281, 1281, 1000],
    [1 / 3, 1, 3],
    [1.9999955, 2, 1],
    [6.9999972, 7, 1],
  ])('of %d shares per share are %d for %d', (ratio, to, from) => {
    expect(splitTerms(ratio)).toEqual({ to, from });
  });
});

describe('factors by date', () => {
  const steps = cumulated([
    { exDate: '2020-08-31', factor: 4 },
    { exDate: '2014-06-09', factor: 7 },
  ]);

  test.each([
    ['2014-06-06', 28],
    ['2014-06-09', 4],
    ['2020-08-30', 4],
    ['2020-08-31', 1],
  ])('on %s all later ones count: %d', (session, factor) => {
    expect(factorAt(steps, session)).toBe(factor);
  });

  test('are 1 where there are none', () => {
    expect(factorAt(cumulated([]), '2020-01-01')).toBe(1);
  });
});
