import { expect, test } from 'vitest';
import { dateOfDayNumber, dayNumber } from '../../src/domain/date-range.ts';
import { judgeBasis, splitEvidence } from '../../src/domain/split-basis.ts';
import { columnsOf } from '../support/bar-rows.ts';

const bar = (session: string, close: number, open = close) => ({ session, open, close });
const split = { exDate: '2020-08-31', ratio: 4 };
const before = '2020-08-28';

function judge(bars: readonly ReturnType<typeof bar>[], observedOn: string) {
  const columns = columnsOf(
    bars.map((prices) => ({ ...prices, high: 0, low: 0, volume: 0, vwap: null, trades: null })),
  );
  const { basisOf, ...judged } = judgeBasis(columns, [split], observedOn);
  const dateOf = (day: number | null) => (day === null ? null : dateOfDayNumber(day));
  return { ...judged, basisOf: (session: string) => dateOf(basisOf(dayNumber(session))) };
}

test.each([
  ['no step: it is in the prices', 100, 101, 'in_prices'],
  ['a step of its size: it is not', 400, 101, 'not_in_prices'],
  ['a step the other way: it is in twice', 25, 101, 'twice'],
  ['a bad day is no split', 150, 101, 'in_prices'],
] as const)('%s', (_, close, open, evidence) => {
  expect(splitEvidence([bar(before, close), bar(split.exDate, open)], split)).toBe(evidence);
});

test.each([
  ['nothing before it', [bar(split.exDate, 100)]],
  ['nothing after it', [bar(before, 100)]],
  ['a gap of weeks around it', [bar('2020-08-03', 400), bar(split.exDate, 100)]],
])('%s tells nothing', (_, bars) => {
  expect(splitEvidence(bars, split)).toBe('unknown');
});

test('a stock dividend of five per cent is too small to be told from a day’s move', () => {
  expect(splitEvidence([bar(before, 105), bar(split.exDate, 100)], { ...split, ratio: 1.05 })).toBe(
    'unknown',
  );
});

test('a reverse split shows as a step up', () => {
  const reverse = { exDate: split.exDate, ratio: 0.1 };
  expect(splitEvidence([bar(before, 1), bar(split.exDate, 10)], reverse)).toBe('not_in_prices');
  expect(splitEvidence([bar(before, 10), bar(split.exDate, 10)], reverse)).toBe('in_prices');
});

test('the basis is the day of the answer, and before a split that is late the day before it', () => {
  const { basisOf, late } = judge([bar(before, 400), bar(split.exDate, 100)], '2020-09-01');
  expect([basisOf(before), basisOf(split.exDate)]).toEqual(['2020-08-30', '2020-09-01']);
  expect(late).toEqual([split]);
});

test('an announced split says nothing of the prices of today', () => {
  const { basisOf } = judge([bar(before, 400)], '2020-08-29');
  expect(basisOf(before)).toBe('2020-08-29');
});

test('what lies before a split taken out twice has no basis', () => {
  const { basisOf, twice } = judge([bar(before, 25), bar(split.exDate, 100)], '2020-09-01');
  expect([basisOf(before), basisOf(split.exDate)]).toEqual([null, '2020-09-01']);
  expect(twice).toEqual([split]);
});
