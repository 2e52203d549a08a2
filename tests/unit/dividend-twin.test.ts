import { expect, test } from 'vitest';
import { untold } from '../../src/domain/corporate-action.ts';
import { twinDisagreements } from '../../src/domain/dividend-twin.ts';
import { paymentsOf, type CountedSplit } from '../../src/domain/payment.ts';

const splits: readonly CountedSplit[] = [
  { exDate: '2020-08-31', ratio: 4, spinOff: false },
  { exDate: '2021-11-04', ratio: 1.046, spinOff: true },
];

type Told = readonly [exDate: string, amount: number, adjustedAmount: number | null];

function found(told: readonly Told[], observedAt = '2022-01-10T12:00:00Z') {
  const actions = told.map(([exDate, amount, adjustedAmount], id) => {
    const cash = { ...untold, kind: 'cash_dividend' as const, exDate, amount, adjustedAmount };
    return { ...cash, id, source: 'polygon' as const, toldAmount: amount, observedAt };
  });
  return twinDisagreements(paymentsOf(actions, splits), splits).map(({ exDate, evidence }) => [
    exDate,
    evidence,
  ]);
}

test.each<readonly [string, Told]>([
  ['split-adjusted', ['2020-08-07', 0.82, 0.205]],
  ['split-adjusted, the spin-off included', ['2020-08-07', 0.82, 0.205 / 1.046]],
  ['rounded to four decimals', ['2020-08-07', 0.0005, 0.0001]],
  ['paid after the last split', ['2021-12-01', 0.22, 0.22]],
  ['not told', ['2020-08-07', 0.82, null]],
])('a twin that is %s is right', (_, told) => {
  expect(found([told])).toEqual([]);
});

test('a twin is held against the splits up to when it was told', () => {
  expect(found([['2020-08-07', 0.82, 0.82]], '2020-08-10T12:00:00Z')).toEqual([]);
});

test('twins that no known split explains are found, once a factor', () => {
  const told: readonly Told[] = [
    ['2020-02-07', 0.77, 0.77],
    ['2020-05-08', 0.82, 0.82],
    ['2020-08-07', 0.205, 0.0128125],
  ];
  const evidence = { source: 'polygon', amount: 0.82, adjustedAmount: 0.82, expected: 0.205 };
  expect(found(told)).toEqual([
    ['2020-05-08', { ...evidence, exDates: ['2020-02-07', '2020-05-08'] }],
    ['2020-08-07', expect.objectContaining({ amount: 0.205, exDates: ['2020-08-07'] })],
  ]);
});
