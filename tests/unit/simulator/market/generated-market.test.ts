import { describe, expect, test } from 'vitest';
import type { DailyBar } from '../../../../src/domain/bar.ts';
import { isWellFormedSymbol } from '../../../../src/domain/instrument.ts';
import { splitAdjusted, splitSteps } from '../../../../src/simulator/polygon/adjusted-bar.ts';
import { familiarInstruments } from '../../../../src/simulator/market/familiar-instruments.ts';
import { generateInstruments, mostSymbols } from '../../../../src/simulator/market/generated-instruments.ts';
import { firstGeneratedSession, generatedMarket } from '../../../../src/simulator/market/generated-market.ts';
import { bySymbol } from '../../../../src/simulator/market/market-source.ts';
import { momentOf } from '../../../../src/simulator/market/moment.ts';
import { weekdayCalendar } from '../../../support/weekday-calendar.ts';

const calendar = weekdayCalendar();
const market = generatedMarket({ symbols: 3_000, seed: 7, calendar });
const decade = { from: '2016-11-21', to: '2026-11-20' };
const decadeSessions = calendar.sessionsBetween(decade).length;

describe('the instruments', () => {
  test('are as many as asked for, each once, sorted by code unit', () => {
    const symbols = market.instruments.map(({ symbol }) => symbol);
    expect(new Set(symbols).size).toBe(3_000);
    expect(market.instruments).toEqual([...market.instruments].sort(bySymbol));
    expect(symbols.every(isWellFormedSymbol)).toBe(true);
  });

  test('of the largest market are all different', () => {
    const symbols = generateInstruments(mostSymbols, 1).map(({ symbol }) => symbol);
    expect(new Set(symbols).size).toBe(mostSymbols);
  });

  test.each([0, -1, 1.5, mostSymbols + 1])('cannot be %d', (symbols) => {
    expect(() => generatedMarket({ symbols, seed: 1, calendar })).toThrow(/whole number from 1/);
  });

  test('begin with familiar ones, which are always listed and trade every session', () => {
    for (const { symbol, type, name, listedOn } of familiarInstruments) {
      expect(market.find(symbol)).toMatchObject({ symbol, type, name, delistedOn: null });
      expect(listedOn < decade.from).toBe(true);
      expect(market.bars(symbol, decade)).toHaveLength(decadeSessions);
    }
  });

  test('tell tickers apart by case', () => {
    expect(market.find('CpK')?.type).toBe('PFD');
    expect(market.find('CPK')?.type).toBe('CS');
    expect(market.find('aapl')).toBeUndefined();
    expect(market.bars('CpK', decade)[0]).not.toEqual(market.bars('CPK', decade)[0]);
  });

  test('a few per cent are listed within ten years, a few are gone, most stay', () => {
    const late = market.instruments.filter(({ listedOn }) => (listedOn ?? '') > '2016-11-24');
    const gone = market.instruments.filter(({ delistedOn }) => delistedOn !== null);
    expect(late.length / 3_000).toBeGreaterThan(0.02);
    expect(late.length / 3_000).toBeLessThan(0.06);
    expect(gone.length / 3_000).toBeGreaterThan(0.015);
    expect(gone.length / 3_000).toBeLessThan(0.05);
  });

  test('bars begin with the listing and end with the delisting', () => {
    const late = market.instruments.find(({ listedOn }) => (listedOn ?? '') > '2017-01-01');
    const gone = market.instruments.find(({ delistedOn }) => delistedOn !== null);
    expect(market.bars(late?.symbol ?? '', decade)[0]?.session).toBe(late?.listedOn);
    expect(market.bars(gone?.symbol ?? '', decade).at(-1)?.session).toBe(gone?.delistedOn);
    expect(market.bars('AAPL', { from: '1990-01-01', to: '2003-12-31' })[0]?.session).toBe(
      firstGeneratedSession,
    );
  });

  test('about one in a hundred has sessions without a bar', () => {
    const illiquid = generateInstruments(3_000, 7).filter((instrument) => instrument.illiquid);
    expect(illiquid.length).toBeGreaterThan(10);
    expect(illiquid.length).toBeLessThan(60);
    const always = illiquid.find(
      ({ listedOn, delistedOn }) => (listedOn ?? '') < '2004' && delistedOn === null,
    );
    const bars = market.bars(always?.symbol ?? '', decade).length;
    expect(bars).toBeGreaterThan(decadeSessions * 0.8);
    expect(bars).toBeLessThan(decadeSessions * 0.95);
  });
});

describe('the bars', () => {
  const bars = market.instruments.flatMap(({ symbol }) =>
    market.bars(symbol, { from: '2024-03-04', to: '2024-03-15' }),
  );

  test('are the same for the same seed, whatever the number of symbols', () => {
    const small = generatedMarket({ symbols: 100, seed: 7, calendar });
    for (const { symbol } of small.instruments) {
      expect(small.bars(symbol, decade)).toEqual(market.bars(symbol, decade));
      expect(small.find(symbol)).toEqual(market.find(symbol));
    }
  });

  test('differ with the seed', () => {
    const other = generatedMarket({ symbols: 100, seed: 8, calendar });
    expect(other.bars('AAPL', decade)[0]).not.toEqual(market.bars('AAPL', decade)[0]);
  });

  test('do not depend on how they are asked for', () => {
    const whole = market.bars('MSFT', { from: '2024-01-01', to: '2024-12-31' });
    const one = market.bars('MSFT', { from: '2024-07-01', to: '2024-07-01' });
    expect(one).toEqual(whole.filter(({ session }) => session === '2024-07-01'));
    expect(market.marketDay('2024-07-01').find(({ symbol }) => symbol === 'MSFT')?.bar).toEqual(one[0]);
  });

  test('of a market day are those of the series, for every instrument', () => {
    const day = new Map(market.marketDay('2024-03-07').map(({ symbol, bar }) => [symbol, bar]));
    const series = market.instruments.flatMap(({ symbol }) =>
      market
        .bars(symbol, { from: '2024-03-07', to: '2024-03-07' })
        .map((bar): readonly [string, DailyBar] => [symbol, bar]),
    );
    expect(day).toEqual(new Map(series));
  });

  test('hold together: low <= open, close, vwap <= high, all positive', () => {
    const broken = bars.filter(
      ({ open, high, low, close, vwap, volume, trades }) =>
        !(
          low > 0 &&
          low <= Math.min(open, close, vwap ?? NaN) &&
          high >= Math.max(open, close, vwap ?? NaN)
        ) || !(volume > 0 && Number.isInteger(trades) && (trades ?? 0) > 0),
    );
    expect(broken).toEqual([]);
  });

  test('have cents from one dollar on and at most four decimals below', () => {
    const decimals = (price: number) => (String(price).split('.')[1] ?? '').length;
    expect(bars.every(({ close }) => decimals(close) <= (close >= 1 ? 2 : 4))).toBe(true);
    expect(bars.some(({ close }) => close < 1)).toBe(true);
  });

  test('some volumes have a fraction, most have none', () => {
    const fractional = bars.filter(({ volume }) => !Number.isInteger(volume));
    expect(fractional.length / bars.length).toBeGreaterThan(0.005);
    expect(fractional.length / bars.length).toBeLessThan(0.05);
  });

  test('open near the close before and move like prices, splits apart', () => {
    const series = market
      .bars('AAPL', decade)
      .map((bar) => splitAdjusted(bar, splitSteps(market.actions('AAPL'), momentOf(Date.parse(decade.to)))));
    const gaps = series.slice(1).map(({ open }, index) => Math.abs(open / (series[index]?.close ?? 0) - 1));
    expect(Math.max(...gaps)).toBeLessThan(0.02);
    const returns = series
      .slice(1)
      .map(({ close }, index) => Math.abs(close / (series[index]?.close ?? 0) - 1));
    expect(Math.max(...returns)).toBeLessThan(0.15);
    expect(Math.max(...returns)).toBeGreaterThan(0.01);
  });

  test.each([
    ['AAPL', 120, 480],
    ['SPY', 300, 1_200],
    ['T', 12, 50],
    ['BRK.B', 230, 900],
  ])('%s is at a plausible level', (symbol, low, high) => {
    const [bar] = market.bars(symbol, { from: '2025-01-02', to: '2025-01-02' });
    expect(bar?.close).toBeGreaterThan(low);
    expect(bar?.close).toBeLessThan(high);
  });

  test('there are none on a day without a session, before the history, or for an unknown symbol', () => {
    expect(market.marketDay('2024-03-09')).toEqual([]);
    expect(market.marketDay('2003-09-09')).toEqual([]);
    expect(market.bars('NOSUCH', decade)).toEqual([]);
  });
});
