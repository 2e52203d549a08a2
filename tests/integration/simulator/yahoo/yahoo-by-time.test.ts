import { describe, expect, test } from 'vitest';
import type { ScriptedAction } from '../../../../src/simulator/market/scripted-actions.ts';
import { runningMarket, series, source } from '../../../support/running-market.ts';
import {
  adjustedBy,
  chartPath,
  resultOf,
  rowsOf,
  type ChartBody,
} from '../../../support/yahoo-chart-body.ts';

describe('the live day', () => {
  const week = chartPath('AAPL', '2024-07-08', '2024-07-13');
  const hours = chartPath('AAPL', '2024-07-10', '2024-07-11', 'interval=1h');
  const at = (instant: string) => runningMarket({ now: () => new Date(instant) });

  test('is not there before its open', async () => {
    const { get } = await at('2024-07-10T13:29:59Z');
    const body = await get<ChartBody>(week);
    expect(rowsOf(body)).toHaveLength(2);
    expect(resultOf(body).meta['regularMarketTime']).toBe(Date.parse('2024-07-09T20:00:01Z') / 1000);
  });

  test('is the hours so far while it is open, at the time of the last trade', async () => {
    const { get } = await at('2024-07-10T15:45:12Z');
    const body = await get<ChartBody>(week);
    const last = rowsOf(body).at(-1);
    const soFar = rowsOf(await get<ChartBody>(hours));
    expect(last?.at).toBe('2024-07-10T15:45:12.000Z');
    expect(resultOf(body).meta).toMatchObject({
      regularMarketTime: Date.parse('2024-07-10T15:45:12Z') / 1000,
      currentTradingPeriod: {
        regular: {
          start: Date.parse('2024-07-10T13:30:00Z') / 1000,
          end: Date.parse('2024-07-10T20:00:00Z') / 1000,
        },
      },
    });
    expect(soFar.map((row) => row.at.slice(11, 16))).toEqual(['13:30', '14:30', '15:30']);
    expect(last).toMatchObject({ open: soFar[0]?.open, close: soFar[2]?.close });
    expect(last?.high).toBe(Math.max(...soFar.map(({ high }) => high ?? NaN)));
    expect(last?.volume).toBe(soFar.reduce((sum, { volume }) => sum + (volume ?? 0), 0));
    const [whole] = source.bars('AAPL', { from: '2024-07-10', to: '2024-07-10' });
    expect(last?.volume).toBeLessThan(whole?.volume ?? 0);
  });

  test('is whole once closed, at a second past the close until the next date', async () => {
    const [whole] = source.bars('AAPL', { from: '2024-07-10', to: '2024-07-10' });
    const evening = rowsOf(await (await at('2024-07-11T01:00:00Z')).get<ChartBody>(week)).at(-1);
    const morning = rowsOf(await (await at('2024-07-11T05:00:00Z')).get<ChartBody>(week)).at(-1);
    expect(evening).toMatchObject({ at: '2024-07-10T20:00:01.000Z', close: adjustedBy(whole?.close, 1) });
    expect(morning).toMatchObject({ at: '2024-07-10T13:30:00.000Z', close: adjustedBy(whole?.close, 1) });
  });
});

describe('a scripted action', () => {
  const exDate = '2024-07-08';
  const days = chartPath('MSFT', '2024-07-03', '2024-07-12');
  const marketAt = (now: string, action: Partial<ScriptedAction>) =>
    runningMarket({
      now: () => new Date(now),
      actions: [{ symbol: 'MSFT', kind: 'split', ratio: 4, exDate, ...action }],
    });
  const [traded] = source.bars('MSFT', { from: '2024-07-03', to: '2024-07-03' });

  test.each([
    ['2024-07-05T22:00:00Z', {}, 1, []],
    ['2024-07-08T22:00:00Z', {}, 4, ['4:1']],
    ['2024-07-08T22:00:00Z', { yahooAppliesFrom: '2024-07-10T12:00:00Z' }, 1, ['4:1']],
    ['2024-07-10T12:00:00Z', { yahooAppliesFrom: '2024-07-10T12:00:00Z' }, 4, ['4:1']],
    ['2024-07-10T12:00:00Z', { yahooListsFrom: '2024-07-10T12:00:01Z' }, 4, []],
    ['2024-07-10T22:00:00Z', { yahooAppliesTwice: true }, 16, ['4:1']],
    ['2024-07-10T22:00:00Z', { duplicate: true }, 4, ['4:1', '4:1']],
    ['2024-07-10T22:00:00Z', { onlyBy: 'polygon' }, 4, []],
    ['2024-07-10T22:00:00Z', { onlyBy: 'yahoo' }, 4, ['4:1']],
    ['2024-07-10T22:00:00Z', { ratio: 0.1 }, 0.1, ['1:10']],
    ['2024-07-10T22:00:00Z', { kind: 'spin_off', ratio: 1.281 }, 1.281, ['1281:1000']],
  ] as const)('at %s, %j: prices divided by %d, events %j', async (now, action, ratio, listed) => {
    const { get } = await marketAt(now, action);
    const body = await get<ChartBody>(days);
    const raw = (await get(series('MSFT', '2024-07-03', '2024-07-03', '?adjusted=false'))).results?.[0]?.c;
    expect(rowsOf(body)[0]?.close).toBe(adjustedBy(raw, ratio));
    const { splits = {} } = resultOf(body).events ?? {};
    expect(Object.values(splits).map(({ splitRatio }) => splitRatio)).toEqual(listed);
    expect(Object.values(splits).every(({ date }) => date >= Date.parse(`${exDate}T13:30:00Z`) / 1000)).toBe(
      true,
    );
  });

  test('that never happened is among the events, and not in the prices', async () => {
    const { get } = await marketAt('2024-07-10T22:00:00Z', { inPrices: false });
    const body = await get<ChartBody>(days);
    expect(rowsOf(body)[0]?.close).toBe(adjustedBy(traded?.close, 1));
    expect(Object.values(resultOf(body).events?.splits ?? {})).toHaveLength(1);
  });
});
