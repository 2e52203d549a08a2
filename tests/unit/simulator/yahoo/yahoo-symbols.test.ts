import { describe, expect, test } from 'vitest';
import { generatedMarket } from '../../../../src/simulator/market/generated-market.ts';
import { createYahooSymbols, yahooSpelling } from '../../../../src/simulator/yahoo/yahoo-symbols.ts';
import { weekdayCalendar } from '../../../support/weekday-calendar.ts';

describe('tickers at Yahoo', () => {
  test.each([
    ['AAPL', 'AAPL'],
    ['BRK.B', 'BRK-B'],
    ['KIMpL', 'KIM-PL'],
    ['AMp', 'AM-P'],
    ['ACIC.WS', 'ACIC-WT'],
    ['ACIC.U', 'ACIC-UN'],
    ['ACICr', 'ACIC-RI'],
    ['GEw', 'GE-WI'],
  ])('%s is %s', (symbol, spelled) => {
    expect(yahooSpelling(symbol)).toBe(spelled);
  });

  const find = createYahooSymbols(generatedMarket({ symbols: 60, seed: 1, calendar: weekdayCalendar() }));

  test.each([
    ['BRK-B', 'BRK.B'],
    ['KIM-PL', 'KIMpL'],
    ['C-PK', 'CpK'],
    ['aapl', 'AAPL'],
    ['CPK', 'CPK'],
    ['CpK', 'CPK'],
    ['BRK.B', undefined],
    ['NOSUCH', undefined],
  ])('%s is found as %s', (spelled, symbol) => {
    expect(find(spelled)?.symbol).toBe(symbol);
  });
});
