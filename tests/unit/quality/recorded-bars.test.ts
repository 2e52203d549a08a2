import { describe, expect, test } from 'vitest';
import { dateOfDayNumber } from '../../../src/domain/date-range.ts';
import { judgeSeries } from '../../../src/quality/judge-series.ts';
import type { JudgedSeries } from '../../../src/quality/judged-series.ts';
import { hasFixtures } from '../../support/fixtures.ts';
import { leanSeries, yahooSeries } from '../../support/recorded-series.ts';

const told = (series: JudgedSeries) =>
  judgeSeries(series).map(({ day, field, ...one }) => ({ session: dateOfDayNumber(day), ...one, field }));
const errorsOf = (series: JudgedSeries) =>
  told(series).flatMap(({ session, rule, severity, field }) =>
    severity === 'error' ? [`${session} ${rule} ${field ?? 'bar'}`] : [],
  );
const rulesOf = (series: JudgedSeries) => new Set(told(series).map(({ rule }) => rule));

/** The cells that are known to be wrong (seven of eight), and what else is found, with how far it lies off, in scales. */
const errors = {
  AAPL: ['2009-09-21 wick low', '2010-08-31 wick low', '2011-01-03 wick low'],
  IBM: ['2002-12-23 open_spike open'],
  SPY: [
    '2000-12-18 open_spike open',
    '2002-04-02 wick high',
    '2003-09-05 wick high',
    '2004-12-20 wick low',
    '2005-09-06 wick low',
    '2005-12-13 wick high',
    '2006-10-05 wick low',
  ],
  GOOG: ['2007-12-18 wick low', '2008-09-30 wick low'],
};
/** Of the others: 111 among 131 and 132; 120.52 above 103; 107.14 below 119; 105.68 below 123; 137.32 above 127; 125.35 below 135. */
const otherScores = [9.04, 11.0, 11.6, 14.7, 10.2, 10.3];

describe.skipIf(!hasFixtures)("23 years of Lean's bars (../shared)", () => {
  test.each(Object.entries(errors))('%s: the errors that are known, and no other', (symbol, expected) => {
    expect(errorsOf(leanSeries(symbol))).toEqual(expected);
  });

  test('the others of SPY lie as far off as their evidence says', () => {
    const scores = told(leanSeries('SPY')).flatMap(({ severity, session, evidence }) =>
      severity === 'error' && session !== '2002-04-02' ? [Number(evidence.score)] : [],
    );
    expect(scores).toEqual(otherScores.map((score) => expect.closeTo(score, 1) as unknown));
  });

  test('half of the price of GOOG goes on 2014-04-03 without a split that anybody tells', () => {
    const found = told(leanSeries('GOOG')).filter(({ rule }) => rule === 'split_unexplained');
    expect(found).toMatchObject([{ session: '2014-04-03', severity: 'warn', evidence: { ratio: 2 } }]);
  });

  test('no crash is an error, and warnings are few', () => {
    const crashes = /^(2000-09-29|2001-09-17|2008-10-|2010-05-06|2015-08-24|2020-03-)/;
    const all = Object.keys(errors).map((symbol) => told(leanSeries(symbol)));
    const wrong = all.flat().filter(({ session, severity }) => severity === 'error' && crashes.test(session));
    expect(wrong).toEqual([]);
    expect(all.flat().filter(({ severity }) => severity === 'warn').length).toBeLessThanOrEqual(80);
  });
});

describe.skipIf(!hasFixtures)('clean bars (../shared)', () => {
  const clean = {
    'yahoo_AAPL_daily_20040819_20180120.csv': [],
    'yahoo_SPY_daily_20080101_20180101.csv': ['2015-03-05 inconsistent low', '2015-03-30 inconsistent low'],
    'backtesting_GOOG_daily_2004_2013.csv': [],
  };
  test.each(Object.entries(clean))('%s: no error but those that are', (file, expected) => {
    expect(errorsOf(yahooSeries(file))).toEqual(expected);
  });

  test('at most ten warnings in 10,000', () => {
    const warnings = Object.keys(clean).flatMap((file) =>
      told(yahooSeries(file)).filter(({ severity }) => severity === 'warn'),
    );
    expect(warnings.length).toBeLessThanOrEqual(8);
  });
});

describe.skipIf(!hasFixtures)('faulty bars beside what they should be (../shared)', () => {
  test.each([
    ['AET-L-1d-100x-error', 'unit'],
    ['ASAI-L-1h-bad-unit', 'unit'],
    ['4063-T-1d-bad-stock-split', 'split_unexplained'],
  ])('%s: the rule %s finds it, and is silent on the right ones', (name, rule) => {
    expect(rulesOf(yahooSeries(`yfinance_repair_${name}.csv`))).toContain(rule);
    expect(rulesOf(yahooSeries(`yfinance_repair_${name}-fixed.csv`))).not.toContain(rule);
  });

  test('of pence for pounds only the bars that are, not those after them', () => {
    const found = told(yahooSeries('yfinance_repair_AET-L-1d-100x-error.csv'));
    const wrong = found.filter(({ rule }) => rule === 'unit');
    expect(wrong.length).toBeGreaterThan(0);
    for (const { evidence } of wrong) expect(evidence.level).toBeCloseTo(0.1455, 3);
  });
});
