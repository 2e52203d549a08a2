import { describe, expect, test } from 'vitest';
import { sessionsBetween } from '../../../../src/calendar/exchange-calendar.ts';
import { generatedMarket } from '../../../../src/simulator/market/generated-market.ts';
import { runningMarket } from '../../../support/running-market.ts';
import { chartPath, rowsOf, type ChartBody, type ChartRow } from '../../../support/yahoo-chart-body.ts';

const source = generatedMarket({ symbols: 1_500, seed: 1, calendar: { sessionsBetween } });
const now = () => new Date('2025-01-10T12:00:00Z');
const hourly = 'interval=1h&includePrePost=false';
const timesOf = (rows: readonly ChartRow[]) => rows.map(({ at }) => at.slice(0, 16));

async function hoursOf(symbol: string, from: string, to: string, query = hourly) {
  const { get } = await runningMarket({ source, now });
  return rowsOf(await get<ChartBody>(chartPath(symbol, from, to, query)));
}

describe('hourly rows', () => {
  test.each([
    ['2024-03-08', '2024-03-09', '14:30', 7],
    ['2024-03-11', '2024-03-12', '13:30', 7],
    ['2024-11-01', '2024-11-02', '13:30', 7],
    ['2024-11-04', '2024-11-05', '14:30', 7],
    ['2024-07-03', '2024-07-04', '13:30', 4],
    ['2024-11-29', '2024-11-30', '14:30', 4],
    ['2024-12-25', '2024-12-26', '', 0],
  ])('of %s up to %s begin at %s UTC, %d of them', async (from, to, first, count) => {
    const times = timesOf(await hoursOf('AAPL', from, to));
    expect(times).toHaveLength(count);
    expect(times[0]?.slice(11) ?? '').toBe(first);
    for (const [index, time] of times.entries()) {
      expect(Date.parse(`${time}Z`)).toBe(Date.parse(`${from}T${first}Z`) + index * 3_600_000);
    }
  });

  test('make up the daily rows, across a split too', async () => {
    const { get } = await runningMarket({ source, now });
    for (const symbol of ['NVDA', 'AAPL', 'BRK-B']) {
      const [from, to] = ['2024-05-28', '2024-07-10'] as const;
      const days = rowsOf(await get<ChartBody>(chartPath(symbol, from, to)));
      const hours = rowsOf(await get<ChartBody>(chartPath(symbol, from, to, hourly)));
      const byDay = Map.groupBy(hours, ({ at }) => at.slice(0, 10));
      expect(days.length).toBeGreaterThan(25);
      for (const { at, open, high, low, close, volume } of days) {
        const own = byDay.get(at.slice(0, 10)) ?? [];
        expect(own[0]).toMatchObject({ at, open });
        expect(own.at(-1)?.close).toBe(close);
        expect(Math.max(...own.map((hour) => hour.high ?? NaN))).toBe(high);
        expect(Math.min(...own.map((hour) => hour.low ?? NaN))).toBe(low);
        expect(own.reduce((sum, hour) => sum + (hour.volume ?? NaN), 0)).toBe(volume);
      }
    }
  });

  test('the granularity is the one asked for: 60m is 1h', async () => {
    const asked = await hoursOf('AAPL', '2024-03-08', '2024-03-09', 'interval=60m');
    expect(asked).toEqual(await hoursOf('AAPL', '2024-03-08', '2024-03-09'));
  });

  test('of an illiquid instrument lack some', async () => {
    const illiquid = source.instruments.find(
      (one) => one.illiquid === true && one.delistedOn === null && (one.listedOn ?? '') < '2004',
    );
    const hours = await hoursOf(illiquid?.symbol ?? '', '2024-03-01', '2024-04-01');
    const sessions = sessionsBetween({ from: '2024-03-01', to: '2024-03-31' }).length;
    expect(hours.length).toBeGreaterThan(sessions * 2);
    expect(hours.length).toBeLessThan(sessions * 6);
  });

  test('begin and end where the period does', async () => {
    const hours = await hoursOf('AAPL', '2024-03-08T15:30:00Z', '2024-03-08T17:30:00Z');
    expect(timesOf(hours)).toEqual(['2024-03-08T15:30', '2024-03-08T16:30']);
  });

  test('with the extended session are mixed with hours without volume', async () => {
    const mixed = await hoursOf('AAPL', '2024-03-08', '2024-03-09', 'interval=1h&includePrePost=true');
    expect(mixed.filter(({ volume }) => volume === 0)).toHaveLength(10);
    // Midnight in UTC is within the evening before.
    expect(timesOf(mixed).slice(0, 2)).toEqual(['2024-03-08T00:00', '2024-03-08T09:00']);
  });

  test('of 728 days are about 3,500 a symbol', async () => {
    const hours = await hoursOf('AAPL', '2023-01-13', '2025-01-10');
    expect(hours.length).toBeGreaterThan(3_400);
    expect(hours.length).toBeLessThan(3_600);
  });
});
