import { describe, expect, test } from 'vitest';
import { generatedMarket } from '../../../../src/simulator/market/generated-market.ts';
import {
  BadScriptedAction,
  withScriptedActions,
  type ScriptedAction,
} from '../../../../src/simulator/market/scripted-actions.ts';
import { weekdayCalendar } from '../../../support/weekday-calendar.ts';

const market = generatedMarket({ symbols: 60, seed: 1, calendar: weekdayCalendar() });
const week = { from: '2024-03-04', to: '2024-03-08' };
const exDate = '2024-03-06';
const scripted = (...actions: readonly Omit<ScriptedAction, 'symbol' | 'exDate'>[]) =>
  withScriptedActions(
    market,
    actions.map((action) => ({ symbol: 'MSFT', exDate, ...action })),
  );
const closesOf = (source: typeof market) => source.bars('MSFT', week).map(({ close }) => close);

describe('a scripted action', () => {
  test('that is a split multiplies the prices before it and divides the volumes', () => {
    const [plain, split] = [
      market.bars('MSFT', week),
      scripted({ kind: 'split', ratio: 4 }).bars('MSFT', week),
    ];
    expect(split.slice(2)).toEqual(plain.slice(2));
    for (const [index, bar] of split.slice(0, 2).entries()) {
      expect(bar.close).toBeCloseTo((plain[index]?.close ?? 0) * 4, 6);
      expect(bar.volume).toBe(Math.round((plain[index]?.volume ?? 0) / 4));
    }
  });

  test('changes the market day as it changes the series, and no other symbol', () => {
    const source = scripted({ kind: 'split', ratio: 0.5 });
    const day = source.marketDay('2024-03-05');
    const plain = market.marketDay('2024-03-05');
    expect(day.find(({ symbol }) => symbol === 'MSFT')?.bar).toEqual(source.bars('MSFT', week)[1]);
    expect(day.filter(({ symbol }) => symbol !== 'MSFT')).toEqual(
      plain.filter(({ symbol }) => symbol !== 'MSFT'),
    );
  });

  test('that is a spin-off moves the price and no volume', () => {
    const [plain, spun] = [
      market.bars('MSFT', week),
      scripted({ kind: 'spin_off', ratio: 1.281 }).bars('MSFT', week),
    ];
    expect(spun[0]?.close).toBeCloseTo((plain[0]?.close ?? 0) * 1.281, 1);
    expect(spun[0]?.volume).toBe(Math.round(plain[0]?.volume ?? 0));
  });

  test('that is a special dividend is what the price before it was higher', () => {
    const paid = closesOf(scripted({ kind: 'cash_dividend', amount: 20, special: true }));
    expect(paid[1]).toBeCloseTo((closesOf(market)[1] ?? 0) + 20, 1);
    expect(paid.slice(2)).toEqual(closesOf(market).slice(2));
  });

  test('that pays a regular dividend, or is only told of, leaves the prices alone', () => {
    expect(closesOf(scripted({ kind: 'cash_dividend', amount: 20 }))).toEqual(closesOf(market));
    expect(closesOf(scripted({ kind: 'split', ratio: 4, inPrices: false }))).toEqual(closesOf(market));
    expect(closesOf(scripted({ kind: 'split', ratio: -4 }))).toEqual(closesOf(market));
  });

  test('comes beside those of the market, whose dividends before a split grow with the shares', () => {
    const before = market.actions('MSFT').filter((action) => action.exDate === '2024-02-15');
    const after = scripted({ kind: 'split', ratio: 4 }).actions('MSFT');
    expect(before).toHaveLength(1);
    expect(after.find((action) => action.exDate === '2024-02-15')?.amount).toBeCloseTo(
      (before[0]?.amount ?? 0) * 4,
      6,
    );
    expect(after.some((action) => action.exDate === exDate && action.terms?.to === 4)).toBe(true);
  });

  test.each([
    [{ symbol: 'NOSUCH', kind: 'split', exDate, ratio: 2 }, /no NOSUCH/],
    [{ symbol: 'MSFT', kind: 'split', exDate, amount: 2 }, /needs a ratio/],
    [{ symbol: 'MSFT', kind: 'cash_dividend', exDate, ratio: 2 }, /needs an amount/],
  ] as const)('%j is refused', (action, message) => {
    expect(() => withScriptedActions(market, [action])).toThrow(BadScriptedAction);
    expect(() => withScriptedActions(market, [action])).toThrow(message);
  });
});
