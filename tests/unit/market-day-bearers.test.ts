import { expect, test } from 'vitest';
import { dayNumber } from '../../src/domain/date-range.ts';
import { undated, type BorneTicker } from '../../src/domain/ticker-days.ts';
import { bearersByTicker } from '../../src/pipelines/loading/market-day-bearers.ts';
import type { MarketDayLoad } from '../../src/store/load-requests.ts';

function load(instrumentId: number, symbol: string, over: Partial<MarketDayLoad> = {}): MarketDayLoad {
  return {
    loadId: instrumentId,
    instrumentId,
    symbol,
    listedOn: null,
    delistedOn: null,
    ownedFrom: null,
    ...over,
  };
}

function term(instrumentId: number, ticker: string, from: string, to: string | null): BorneTicker {
  return { instrumentId, ticker, from, to, goneBefore: null };
}

/** Whose bar of a day one under a ticker is. */
function bearerOf(
  loads: readonly MarketDayLoad[],
  terms: readonly BorneTicker[],
  ticker: string,
  date: string,
): number | undefined {
  const day = dayNumber(date);
  const bearers = bearersByTicker(loads, { ...undated, terms, since: '2022-01-31' }).get(ticker) ?? [];
  return bearers.find(({ firstDay, lastDay }) => day >= firstDay && day <= lastDay)?.instrumentId;
}

const terms = [
  term(1, 'OLD', '2022-01-31', '2023-03-14'),
  term(1, 'NEW', '2023-03-15', null),
  term(2, 'OLD', '2023-05-08', null),
];
const both = [load(1, 'NEW'), load(2, 'OLD')];

test('a row is of who bore its ticker that day, and of nobody where nobody did', () => {
  expect(bearerOf(both, terms, 'OLD', '2023-03-14')).toBe(1);
  expect(bearerOf(both, terms, 'NEW', '2023-03-15')).toBe(1);
  expect(bearerOf(both, terms, 'NEW', '2023-03-14')).toBeUndefined();
  expect(bearerOf(both, terms, 'OLD', '2023-04-03')).toBeUndefined();
  expect(bearerOf(both, terms, 'OLD', '2023-05-08')).toBe(2);
});

test('a row of another company is not taken by the one that a run asks for', () => {
  expect(bearerOf([load(2, 'OLD')], terms, 'OLD', '2022-06-01')).toBeUndefined();
  expect(bearerOf([load(1, 'NEW')], terms, 'OLD', '2023-06-01')).toBeUndefined();
  expect(bearerOf([load(9, 'OLD')], terms, 'OLD', '2022-06-01')).toBeUndefined();
  expect(bearerOf([load(9, 'OLD')], terms, 'OLD', '2023-04-03')).toBe(9);
});

test('before all lists a row is of who is listed first, from its listing on', () => {
  expect(bearerOf(both, terms, 'OLD', '2019-06-03')).toBe(1);
  const listed = [load(1, 'NEW', { listedOn: '2020-01-02' })];
  expect(bearerOf(listed, terms, 'OLD', '2019-06-03')).toBeUndefined();
  expect(bearerOf(listed, terms, 'OLD', '2020-01-02')).toBe(1);
});

test('of whom only the ticker of today is known the listing tells', () => {
  const gone = load(7, 'T', { delistedOn: '2020-05-29' });
  const next = load(8, 'T', { ownedFrom: dayNumber('2020-05-30') });
  expect(bearerOf([next, gone], [], 'T', '2020-05-29')).toBe(7);
  expect(bearerOf([next, gone], [], 'T', '2020-06-01')).toBe(8);
});
