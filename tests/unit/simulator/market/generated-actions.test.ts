import { describe, expect, test } from 'vitest';
import type { DailyBar } from '../../../../src/domain/bar.ts';
import { familiarInstrument } from '../../../../src/simulator/market/familiar-instruments.ts';
import { generatedMarket } from '../../../../src/simulator/market/generated-market.ts';
import { ratioOf, type SimulatedAction } from '../../../../src/simulator/market/simulated-action.ts';
import { weekdayCalendar } from '../../../support/weekday-calendar.ts';

const calendar = weekdayCalendar();
const market = generatedMarket({ symbols: 2_000, seed: 7, calendar });
const everything = { from: '2003-09-10', to: '2031-12-31' };
const actions = market.instruments.map(({ symbol }) => ({ symbol, actions: market.actions(symbol) }));
const isSplit = ({ kind }: SimulatedAction) => kind === 'split';

function around(symbol: string, exDate: string): readonly [before: DailyBar, after: DailyBar] {
  const bars = market.bars(symbol, everything);
  const at = bars.findIndex(({ session }) => session >= exDate);
  const [before, after] = [bars[at - 1], bars[at]];
  if (before === undefined || after === undefined) throw new Error(`no bars around ${exDate} of ${symbol}`);
  return [before, after];
}

describe('generated actions', () => {
  test.each([
    ['AAPL', ['2005-02-28 2:1', '2014-06-09 7:1', '2020-08-31 4:1']],
    ['NVDA', ['2021-07-20 4:1', '2024-06-10 10:1']],
    ['BRK.B', []],
  ])('%s has the splits it had', (symbol, expected) => {
    const splits = market.actions(symbol).filter(isSplit);
    expect(splits.map(({ exDate, terms }) => `${exDate} ${terms?.to}:${terms?.from}`)).toEqual(expected);
  });

  test('a few per cent of the made-up instruments split, some of them in reverse', () => {
    const madeUp = actions.filter(({ symbol }) => familiarInstrument(symbol) === undefined);
    const split = madeUp.filter((one) => one.actions.some(isSplit));
    expect(split.length / madeUp.length).toBeGreaterThan(0.015);
    expect(split.length / madeUp.length).toBeLessThan(0.06);
    const ratios = madeUp.flatMap((one) => one.actions.filter(isSplit).map(ratioOf));
    expect(ratios.some((ratio) => ratio < 1)).toBe(true);
    expect(ratios.some((ratio) => ratio >= 2)).toBe(true);
  });

  test('about half of the instruments pay quarterly, few have paid a special dividend', () => {
    const payers = actions.filter((one) => one.actions.some(({ kind }) => kind === 'cash_dividend'));
    expect(payers.length / actions.length).toBeGreaterThan(0.3);
    expect(payers.length / actions.length).toBeLessThan(0.65);
    const special = actions.filter((one) => one.actions.some((action) => action.special));
    expect(special.length).toBeGreaterThan(3);
    expect(special.length).toBeLessThan(payers.length * 0.1);
  });

  test('every ex-date is a session of its instrument, and they are sorted', () => {
    for (const { symbol, actions: own } of actions.slice(0, 300)) {
      const sessions = new Set(market.bars(symbol, everything).map(({ session }) => session));
      const { illiquid = false } = market.find(symbol) ?? {};
      if (!illiquid) expect(own.every(({ exDate }) => sessions.has(exDate))).toBe(true);
      expect(own.map(({ exDate }) => exDate)).toEqual(own.map(({ exDate }) => exDate).sort());
    }
  });

  test('AAPL pays four times a year, four times as much a share before its split', () => {
    const paid = (year: string) =>
      market
        .actions('AAPL')
        .filter(({ kind, exDate }) => kind === 'cash_dividend' && exDate.startsWith(year));
    expect(paid('2020')).toHaveLength(4);
    const [, , before, after] = paid('2020');
    expect(before?.exDate).toBe('2020-08-07');
    expect((before?.amount ?? 0) / (after?.amount ?? 0)).toBeCloseTo(4, 0);
    expect(paid('2010')).toEqual([]);
  });
});

describe('prices as traded', () => {
  const splits = actions.flatMap(({ symbol, actions: own }) =>
    own.filter((one) => isSplit(one) && one.exDate > '2003-10-01').map((action) => ({ symbol, action })),
  );

  test('jump by the ratio at every split, and volumes the other way', () => {
    expect(splits.length).toBeGreaterThan(20);
    for (const { symbol, action } of splits) {
      const [before, after] = around(symbol, action.exDate);
      const step = before.close / after.open / ratioOf(action);
      expect(step, `${symbol} ${action.exDate}`).toBeGreaterThan(0.9);
      expect(step, `${symbol} ${action.exDate}`).toBeLessThan(1.1);
    }
    const volumes = (from: string, to: string) =>
      market.bars('NVDA', { from, to }).reduce((sum, { volume }) => sum + volume, 0);
    expect(volumes('2024-06-10', '2024-07-05') / volumes('2024-05-10', '2024-06-07')).toBeGreaterThan(5);
  });

  test('drop by a special dividend', () => {
    for (const { symbol, actions: own } of actions) {
      for (const { special, exDate, amount } of own) {
        if (!special) continue;
        const [before, after] = around(symbol, exDate);
        const { close } = before;
        expect(Math.abs(after.open / (close - (amount ?? 0)) - 1), `${symbol} ${exDate}`).toBeLessThan(0.06);
      }
    }
  });

  test('hold together on both sides of a split', () => {
    for (const { symbol, action } of splits) {
      for (const { open, high, low, close, vwap, volume } of around(symbol, action.exDate)) {
        expect(low).toBeGreaterThan(0);
        expect(low).toBeLessThanOrEqual(Math.min(open, close, vwap ?? NaN));
        expect(high).toBeGreaterThanOrEqual(Math.max(open, close, vwap ?? NaN));
        expect(volume).toBeGreaterThan(0);
      }
    }
  });
});
