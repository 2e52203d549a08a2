import { describe, expect, test } from 'vitest';
import { dateOfDayNumber, dayNumber } from '../../../src/domain/date-range.ts';
import type { YahooSeries } from '../../../src/providers/yahoo/answers.ts';
import { hasFixtures } from '../../support/fixtures.ts';
import { json } from '../../support/local-server.ts';
import { recorded } from '../../support/yahoo-recordings.ts';
import { chart, chartBody, daily, yahooAnswering } from '../../support/yahoo-replies.ts';

const told = (adjusted: YahooSeries['adjusted']) =>
  adjusted?.steps.map(({ day, before, share }) => {
    return `${dateOfDayNumber(before)} ${dateOfDayNumber(day)} ${share.toFixed(5)}`;
  });
const rows = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05'].map((session) => ({ session }));

/** What Yahoo says of four closes of 11, with that in place of adjusted ones. */
async function adjustedBy(adjclose: unknown, given = rows) {
  const body = chartBody(given) as { chart: { result: [{ indicators: Record<string, unknown> }] } };
  body.chart.result[0].indicators.adjclose = adjclose;
  const { yahoo } = await yahooAnswering(json(body));
  return yahoo.series('AAPL', daily);
}

describe('adjusted closes', () => {
  test('are told as the steps of what they are of closes, and of which days', async () => {
    const { adjusted, bars } = await adjustedBy([{ adjclose: [10.78, 10.78, 11, 11] }]);
    expect(told(adjusted)).toEqual(['2024-01-03 2024-01-04 0.02000']);
    expect(adjusted).toMatchObject({ first: dayNumber('2024-01-03'), last: dayNumber('2024-01-05') });
    expect(bars).toHaveLength(4);
  });

  test('that lack in a row leave the step over it', async () => {
    const { adjusted } = await adjustedBy([{ adjclose: [10.78, 10.78, null, 11] }]);
    expect(adjusted?.steps).toMatchObject([
      { day: dayNumber('2024-01-05'), before: dayNumber('2024-01-03') },
    ]);
  });

  test.each([
    ['none', undefined],
    ['null', null],
    ['an empty list', []],
    ['an object', {}],
    ['an empty object in a list', [{}]],
    ['too few', [{ adjclose: [10, 11] }]],
    ['no list', [{ adjclose: 'x' }]],
    ['no numbers', [{ adjclose: ['10', {}, true, null] }]],
    ['zeros', [{ adjclose: [0, -1, 0, 0] }]],
  ])('that are %s say nothing, and the bars stand', async (_, adjclose) => {
    const { adjusted, bars } = await adjustedBy(adjclose);
    expect(adjusted).toBeUndefined();
    expect(bars).toHaveLength(4);
  });

  test('an answer without rows tells of none', async () => {
    const { yahoo } = await yahooAnswering(chart([]));
    expect(await yahoo.series('AAPL', daily)).not.toHaveProperty('adjusted');
  });

  test.skipIf(!hasFixtures)(
    'of AAPL in 2020 step by its dividends alone, not by the split (../shared)',
    async () => {
      const { yahoo } = await yahooAnswering(recorded('v2__historicalv8-AAPL-2020-01-01-to-2021-01-04.json'));
      const range = { from: '2020-01-01', to: '2021-01-04' };
      expect(told((await yahoo.series('AAPL', { interval: '1d', range })).adjusted)).toEqual([
        '2020-02-06 2020-02-07 0.00237',
        '2020-05-07 2020-05-08 0.00270',
        '2020-08-06 2020-08-07 0.00180',
        '2020-11-05 2020-11-06 0.00172',
      ]);
    },
  );
});
