import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isCash, isPossibleSplit } from '../../src/domain/possible-action.ts';
import { splitKind } from '../../src/domain/split-kind.ts';
import { dividendRecord, splitRecord } from '../../src/providers/polygon/wire.ts';
import { paymentEvent, splitEvent } from '../../src/providers/yahoo/wire.ts';

const date = '2020-04-08';
const seconds = Date.parse(`${date}T13:30:00Z`) / 1000;
/** Whatever JSON can hold for a number, 1e999 included. */
const anyNumber = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(1e308, 1e307, 0.33, 5e-324, -0, 2 ** 53),
);

test.each([
  [1e308, 0.33],
  [1e307, 0.33],
  [0.33, 1e308],
  [1, 5e-324],
  [1e9, 1],
  [Infinity, 1],
  [NaN, 1],
  [0, 1],
  [-2, -1],
])('%d for %d is no split', (after, before) => {
  expect(isPossibleSplit({ after, before })).toBe(false);
});

test.each([
  [4, 1],
  [1, 35_000],
  [10_000, 9_607],
  [0.05, 1],
  [1, 1_000],
])('%d for %d is one', (after, before) => {
  expect(isPossibleSplit({ after, before })).toBe(true);
});

test('the kind of whatever two numbers is found', () => {
  fc.assert(
    fc.property(anyNumber, anyNumber, (after, before) => {
      expect(['split', 'reverse_split', 'spin_off']).toContain(splitKind({ after, before }));
    }),
    { seed: 14 },
  );
});

test('a split that a provider is believed is a finite ratio above 0, and the other way round as well', () => {
  fc.assert(
    fc.property(anyNumber, anyNumber, (after, before) => {
      const told = [
        splitRecord.safeParse({ ticker: 'A', execution_date: date, split_from: before, split_to: after }),
        splitEvent.safeParse({ date: seconds, numerator: after, denominator: before }),
      ];
      const ratio = after / before;
      const isSound = ratio > 1e-7 && ratio < 1e7;
      expect(told.filter(({ success }) => success && !isSound)).toEqual([]);
    }),
    { seed: 14 },
  );
});

test('so is a payment above 0', () => {
  fc.assert(
    fc.property(anyNumber, (amount) => {
      const dividend = { ticker: 'A', ex_dividend_date: date, cash_amount: amount };
      expect(dividendRecord.safeParse(dividend).success).toBe(isCash(amount));
      expect(paymentEvent.safeParse({ date: seconds, amount }).success).toBe(isCash(amount));
    }),
    { seed: 14 },
  );
});
