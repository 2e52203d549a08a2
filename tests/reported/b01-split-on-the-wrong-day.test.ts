import { expect, test } from 'vitest';
import { scriptedCase } from '../support/scripted-case.ts';
import { chartOf, quiet, rowsOf, ticker, type ScriptedRow } from '../support/scripted-market.ts';

const now = '2017-02-01T22:00:00Z';
const range = { from: '2017-01-03', to: '2017-01-31' };
const exDate = '2017-01-12';
const traded = rowsOf(range.from, range.to, (session, at) =>
  quiet((session < exDate ? 130 : 65) * (1 + at / 1000), session < exDate ? 1e6 : 2e6),
);
const adjusted = traded.map((row): ScriptedRow =>
  row.d < exDate ? { ...row, o: row.o / 2, h: row.h / 2, l: row.l / 2, c: row.c / 2, v: row.v * 2 } : row,
);

/** Polygon lists a 2:1 split for one date, Yahoo for another one or not at all; prices halve on 2017-01-12. */
async function told(polygonDate: string, yahooDate: string | null) {
  const events = yahooDate === null ? {} : { splits: [[yahooDate, 2, 1]] as const };
  const split = { id: 'S1', ticker: 'TQQQ', execution_date: polygonDate, split_from: 1, split_to: 2 };
  const lab = await scriptedCase({
    now,
    polygon: {
      tickers: [ticker('TQQQ', { type: 'ETF', list_date: '2010-02-11' })],
      bars: { TQQQ: traded },
      splits: [split],
    },
    charts: { TQQQ: chartOf('TQQQ', adjusted, { events }) },
  });
  const dates = { startDate: range.from, endDate: range.to, symbols: ['TQQQ'] };
  await lab.run('polygon-historical-backfill', dates);
  await lab.run('polygon-daily-ingestion', { daysBack: 1, symbols: ['TQQQ'] });
  await lab.run('yahoo-market-data-hourly', { ...dates, interval: '1d', incremental: false });
  return lab;
}

test.each([
  ['2017-01-11', '2017-01-12'],
  ['2017-01-09', '2017-01-12'],
  ['2017-01-03', '2017-01-12'],
  ['2017-01-20', '2017-01-12'],
  ['2017-01-12', '2017-01-17'],
  ['2017-01-10', null],
])(
  'told for %s by one source and %s by the other it counts from the day of the step',
  async (polygon, yahoo) => {
    const lab = await told(polygon, yahoo);
    const closes = async (source: 'polygon' | 'yahoo', adjust: 'raw' | 'split') =>
      (await lab.bars('TQQQ', { ...range, source, adjust })).map(({ close }) => Number(close.toFixed(3)));
    const rounded = (rows: readonly ScriptedRow[]) => rows.map(({ c }) => Number(c.toFixed(3)));
    expect(await closes('polygon', 'raw')).toEqual(rounded(traded));
    expect(await closes('polygon', 'split')).toEqual(rounded(adjusted));
    expect(await closes('yahoo', 'raw')).toEqual(rounded(traded));
    expect(await closes('yahoo', 'split')).toEqual(rounded(adjusted));
    const actions = await lab.actions('TQQQ');
    expect(actions.filter(({ status }) => status === 'effective').map((one) => one.exDate)).toEqual([exDate]);
    expect((await lab.findings()).filter(({ rule }) => rule === 'splits_differ')).toHaveLength(1);
  },
);
