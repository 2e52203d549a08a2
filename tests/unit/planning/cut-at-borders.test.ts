import { expect, test } from 'vitest';
import { cutAtBorders, type TickerDays } from '../../../src/planning/cut-at-borders.ts';
import type { RequestPlan } from '../../../src/planning/plan-requests.ts';

const plan = (from: string, to: string): RequestPlan => ({
  seriesRequests: [
    { id: 7, from, to },
    { id: 8, from, to },
  ],
  marketDays: [],
  requests: { total: 2, wholeMarket: 0, perSeries: 2 },
  expectedRows: 10,
});

const terms: readonly TickerDays[] = [
  { ticker: 'FB', from: '2020-01-31', to: '2022-06-08' },
  { ticker: 'META', from: '2022-06-09', to: null },
];

function cut(from: string, to: string, own: readonly TickerDays[] = terms) {
  const { seriesRequests, requests } = cutAtBorders(plan(from, to), (id) => (id === 7 ? own : []));
  const parts = seriesRequests.flatMap((one) => (one.id === 7 ? [[one.ticker, one.from, one.to]] : []));
  return { parts, requests };
}

test('a request over a border is two, each under the ticker of its days, and the figures count both', () => {
  expect(cut('2021-01-04', '2023-01-03')).toEqual({
    parts: [
      ['FB', '2021-01-04', '2022-06-08'],
      ['META', '2022-06-09', '2023-01-03'],
    ],
    requests: { total: 3, wholeMarket: 0, perSeries: 3 },
  });
});

test('what lies before the first term is asked under its ticker, and within one term there is one request', () => {
  expect(cut('2012-05-18', '2019-12-31').parts).toEqual([['FB', '2012-05-18', '2019-12-31']]);
  expect(cut('2022-06-09', '2022-06-09').parts).toEqual([['META', '2022-06-09', '2022-06-09']]);
});

test('days between two terms are asked under neither, what follows the last is, and one ticker is one request', () => {
  const own = [
    { ticker: 'A', from: '2020-01-31', to: '2020-03-31' },
    { ticker: 'B', from: '2020-05-01', to: '2020-06-30' },
    { ticker: 'B', from: '2020-08-03', to: '2020-09-30' },
  ];
  expect(cut('2020-03-02', '2020-12-31', own).parts).toEqual([
    ['A', '2020-03-02', '2020-03-31'],
    ['B', '2020-05-01', '2020-12-31'],
  ]);
  expect(cut('2020-04-01', '2020-04-30', own)).toMatchObject({ parts: [], requests: { perSeries: 1 } });
});
