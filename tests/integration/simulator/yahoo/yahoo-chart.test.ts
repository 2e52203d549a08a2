import { describe, expect, test } from 'vitest';
import { folderMarket } from '../../../../src/simulator/market/folder-market.ts';
import { fixturesFolder, hasFixtures, readFixture } from '../../../support/fixtures.ts';
import { calendar, runningMarket, series, source } from '../../../support/running-market.ts';
import {
  adjustedBy,
  chartPath,
  resultOf,
  rowsOf,
  type ChartBody,
} from '../../../support/yahoo-chart-body.ts';

const summer2020 = chartPath('AAPL', '2020-08-24', '2020-09-05');

describe('a daily chart', () => {
  test('needs no key and has one row a session, at its open, winter and summer', async () => {
    const { request } = await runningMarket();
    const response = await request(chartPath('AAPL', '2024-03-07', '2024-03-13'), { headers: {} });
    expect(response.headers.get('content-type')).toBe('application/json;charset=utf-8');
    expect(rowsOf((await response.json()) as ChartBody).map(({ at }) => at)).toEqual([
      '2024-03-07T14:30:00.000Z',
      '2024-03-08T14:30:00.000Z',
      '2024-03-11T13:30:00.000Z',
      '2024-03-12T13:30:00.000Z',
    ]);
  });

  test("is Polygon's raw bars divided by every split since, in single precision", async () => {
    const { get } = await runningMarket();
    for (const [symbol, from, to, ratios] of [
      ['AAPL', '2020-08-24', '2020-09-05', (session: string) => (session < '2020-08-31' ? 4 : 1)],
      ['NVDA', '2021-07-12', '2021-07-31', (session: string) => (session < '2021-07-20' ? 40 : 10)],
    ] as const) {
      const raw = (await get(series(symbol, from, to, '?adjusted=false'))).results ?? [];
      const rows = rowsOf(await get<ChartBody>(chartPath(symbol, from, to)));
      expect(rows).toHaveLength(raw.length);
      for (const [index, { at, open, high, low, close, volume }] of rows.entries()) {
        const bar = raw[index];
        const ratio = ratios(at.slice(0, 10));
        expect([open, high, low, close]).toEqual(
          [bar?.o, bar?.h, bar?.l, bar?.c].map((price) => adjustedBy(price, ratio)),
        );
        expect(volume).toBe(Math.round((bar?.v ?? 0) * ratio));
      }
    }
  });

  test('has only the events inside its range, dividends in shares of today', async () => {
    const { get } = await runningMarket();
    const { events } = resultOf(await get<ChartBody>(chartPath('AAPL', '2020-08-01', '2020-09-05')));
    const [dividend] = Object.entries(events?.dividends ?? {});
    const paid = source.actions('AAPL').find(({ exDate }) => exDate === '2020-08-07')?.amount ?? NaN;
    expect(dividend?.[1]).toEqual({ amount: paid / 4, date: Number(dividend?.[0]) });
    const at = Date.parse('2020-08-31T13:30:00Z') / 1000;
    expect(events?.splits).toEqual({
      [at]: { date: at, numerator: 4, denominator: 1, splitRatio: '4:1' },
    });
    const later = resultOf(await get<ChartBody>(chartPath('AAPL', '2020-09-01', '2020-09-05')));
    expect(later).not.toHaveProperty('events');
    const unasked = resultOf(
      await get<ChartBody>(chartPath('AAPL', '2020-08-01', '2020-09-05', 'interval=1d')),
    );
    expect(unasked).not.toHaveProperty('events');
  });

  test('has adjusted closes with every dividend since taken out', async () => {
    const { get } = await runningMarket();
    const [row] = rowsOf(await get<ChartBody>(chartPath('AAPL', '2024-02-05', '2024-02-07')));
    const factors = source
      .actions('AAPL')
      .filter(
        ({ kind, exDate }) => kind === 'cash_dividend' && exDate > '2024-02-05' && exDate < '2024-07-11',
      )
      .map(({ exDate, amount }) => {
        const before = source.bars('AAPL', { from: '2024-01-02', to: exDate }).at(-2)?.close ?? NaN;
        return 1 - (amount ?? 0) / before;
      });
    expect(factors).toHaveLength(2);
    const [first = 0, second = 0] = factors;
    expect(row?.adjclose).toBeCloseTo((row?.close ?? 0) * first * second, 3);
    const [last] = rowsOf(await get<ChartBody>(chartPath('AAPL', '2024-07-09', '2024-07-10')));
    expect(last?.adjclose).toBe(last?.close);
  });

  test('without rows has no timestamps and empty indicators', async () => {
    const { get } = await runningMarket();
    const result = resultOf(await get<ChartBody>(chartPath('AAPL', '2024-03-09', '2024-03-10')));
    expect(result).not.toHaveProperty('timestamp');
    expect(result.indicators).toEqual({ quote: [{}], adjclose: [{}] });
  });

  test('is found by Yahoo’s spelling alone', async () => {
    const { get, request } = await runningMarket();
    const { meta } = resultOf(await get<ChartBody>(chartPath('BRK-B', '2024-03-07', '2024-03-08')));
    expect(meta).toMatchObject({
      symbol: 'BRK-B',
      currency: 'USD',
      exchangeName: 'NYQ',
      instrumentType: 'EQUITY',
    });
    expect((await request(chartPath('BRK.B', '2024-03-07', '2024-03-08'))).status).toBe(404);
  });
});

describe('a chart that is refused', () => {
  const gone = source.instruments.find(({ delistedOn }) => delistedOn !== null && delistedOn < '2024-01-01');
  const hourly = 'interval=1h';
  test.each([
    [
      chartPath('NOSUCH', '2024-03-07', '2024-03-08'),
      404,
      'Not Found',
      'No data found, symbol may be delisted',
    ],
    [chartPath(gone?.symbol ?? '', '2020-03-07', '2020-03-08'), 404, 'Not Found', 'No data found'],
    [
      chartPath('AAPL', '1975-01-01', '1975-02-01'),
      400,
      'Bad Request',
      "Data doesn't exist for startDate = 157766400, endDate = 160444800",
    ],
    [
      chartPath('AAPL', '2024-03-08', '2024-03-07'),
      400,
      'Bad Request',
      'start date cannot be after end date',
    ],
    ['/v8/finance/chart/AAPL?interval=1d', 400, 'Bad Request', 'period1'],
    [
      chartPath('AAPL', '2024-03-07', '2024-03-08', 'interval=1y'),
      422,
      'Unprocessable Entity',
      'interval=1y',
    ],
    [
      chartPath('AAPL', '2022-07-10T20:59:59Z', '2022-07-12', hourly),
      422,
      'Unprocessable Entity',
      'The requested range must be within the last 730 days.',
    ],
  ])('%s: %d', async (path, status, code, description) => {
    const { request } = await runningMarket();
    const response = await request(path);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      chart: { result: null, error: { code, description: expect.stringContaining(description) as string } },
    });
  });

  test('730 days back are not refused', async () => {
    const { request } = await runningMarket();
    expect((await request(chartPath('AAPL', '2022-07-11T21:00:00Z', '2024-07-11', hourly))).status).toBe(200);
  });
});

describe.skipIf(!hasFixtures)('the recordings (skipped where ../shared/fixtures is absent)', () => {
  const recordedChart = (file: string) => {
    const text = readFixture(`yahoo/${file}`);
    return resultOf((JSON.parse(text) as { response: { bodyJson: ChartBody } }).response.bodyJson);
  };
  const typesOf = (fields: object) =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, typeof value]));

  test('have the same fields in a daily chart, and the same types', async () => {
    const { get } = await runningMarket();
    const recorded = recordedChart('chart-AAPL-2020-08-31-to-2020-11-07.json');
    const served = resultOf(await get<ChartBody>(chartPath('AAPL', '2020-08-31', '2020-11-07')));
    expect(Object.keys(served)).toEqual(Object.keys(recorded));
    expect(Object.keys(served.meta)).toEqual(Object.keys(recorded.meta));
    expect(typesOf(served.meta)).toEqual(typesOf(recorded.meta));
    expect(typesOf(served.meta.currentTradingPeriod.regular)).toEqual(
      typesOf(recorded.meta.currentTradingPeriod.regular),
    );
    expect(served.meta['firstTradeDate']).toBe(recorded.meta['firstTradeDate']);
    expect(served.events?.splits).toEqual(recorded.events?.splits);
    expect(Object.keys(served.indicators)).toEqual(Object.keys(recorded.indicators));
    expect(typesOf(served.indicators.quote[0])).toEqual(typesOf(recorded.indicators.quote[0]));
  });

  test('have the same fields in an hourly chart', async () => {
    const now = () => new Date('2025-02-20T11:47:00Z');
    const { get } = await runningMarket({ now });
    const recorded = recordedChart('chart-TSLA-2025-01-01-to-2025-01-02-interval-1h.fake.json');
    const query = 'interval=1h&includePrePost=true';
    const served = resultOf(await get<ChartBody>(chartPath('TSLA', '2024-12-31', '2025-01-02', query)));
    expect(Object.keys(served.meta)).toEqual(Object.keys(recorded.meta));
    expect(typesOf(served.meta['tradingPeriods'] as object)).toEqual(
      typesOf(recorded.meta['tradingPeriods'] as object),
    );
    expect(served.indicators).not.toHaveProperty('adjclose');
  });

  test('agree with bars and events of a folder: raw closes of 2020 are Yahoo’s recorded ones x 4', async () => {
    const folder = await folderMarket({ directory: `${fixturesFolder}bars`, calendar });
    const { get } = await runningMarket({ source: folder, now: () => new Date('2021-04-01T12:00:00Z') });
    const served = rowsOf(await get<ChartBody>(chartPath('AAPL', '2020-08-31', '2020-11-07')));
    const recorded = recordedChart('chart-AAPL-2020-08-31-to-2020-11-07.json');
    const [{ close: closes = [] }] = recorded.indicators.quote;
    expect(served.map(({ at }) => Date.parse(at) / 1000)).toEqual(recorded.timestamp);
    for (const [index, { close }] of served.entries()) {
      expect(Math.abs((close ?? NaN) - (closes[index] ?? NaN))).toBeLessThan(0.02);
    }
    const [first] = rowsOf(await get<ChartBody>(chartPath('AAPL', '2020-01-02', '2020-01-03')));
    expect(first?.close).toBeCloseTo(75.0875, 2);
  });

  test('summer 2020 is a chart without a cliff', async () => {
    const { get } = await runningMarket();
    const rows = rowsOf(await get<ChartBody>(summer2020));
    for (const [index, { open }] of rows.slice(1).entries()) {
      expect(Math.abs((open ?? 0) / (rows[index]?.close ?? 0) - 1)).toBeLessThan(0.03);
    }
  });
});
