import { describe, expect, test } from 'vitest';
import type { FaultScript } from '../../../../src/simulator/faults/fault-script.ts';
import { runningMarket, series } from '../../../support/running-market.ts';
import { chartPath, resultOf, rowsOf, type ChartBody } from '../../../support/yahoo-chart-body.ts';

type Rule = FaultScript[number];
const week = chartPath('AAPL', '2024-03-04', '2024-03-09');
const hours = chartPath('AAPL', '2024-03-04', '2024-03-09', 'interval=1h');
const marketWith = (...faults: readonly Rule[]) => runningMarket({ faults: [...faults] });

describe('answers in place of a chart', () => {
  test.each([
    [{ kind: 'status', status: 429 }, 429, null, 'text/plain', /^Edge: Too Many Requests$/],
    [{ kind: 'status', status: 429, retryAfterSeconds: 60 }, 429, '60', 'text/plain', /^Edge/],
    [{ kind: 'status', status: 401 }, 401, null, 'application/json', /Invalid Crumb/],
    [{ kind: 'status', status: 404 }, 404, null, 'application/json', /symbol may be delisted/],
    [{ kind: 'status', status: 500 }, 500, null, 'application/json', /"finance":\{"result":null/],
    [{ kind: 'html', status: 200 }, 200, null, 'text/html', /^<html>/],
  ] as const)('%j', async (fault, status, retryAfter, type, text) => {
    const { request } = await marketWith({ fault });
    const response = await request(week);
    expect(response.status).toBe(status);
    expect(response.headers.get('retry-after')).toBe(retryAfter);
    expect(response.headers.get('content-type')).toBe(type);
    expect(await response.text()).toMatch(text);
  });

  test('breaks off, comes late, or is random', async () => {
    const { request, simulator } = await marketWith({ fault: { kind: 'cut' } });
    await expect((await request(week)).text()).rejects.toThrow();
    simulator.setFaults([{ fault: { kind: 'slow', ms: 1 } }]);
    expect((await request(week)).status).toBe(200);
    simulator.setFaults([{ match: { endpoint: 'chart' }, fault: { kind: 'random', probability: 1 } }]);
    await request(week)
      .then((response) => response.text())
      .catch(() => '');
    expect(simulator.requests().at(-1)).toMatchObject({
      endpoint: 'chart',
      fault: expect.any(String) as string,
    });
  });

  test('befalls the endpoint, symbol and session it is for', async () => {
    const fault = { kind: 'status', status: 500 } as const;
    const { request, simulator } = await marketWith({ match: { endpoint: 'chart', symbol: 'BRK-B' }, fault });
    const statuses = async (...paths: readonly string[]) => {
      const answers = await Promise.all(paths.map((path) => request(path)));
      return answers.map(({ status }) => status);
    };
    const berkshire = chartPath('BRK-B', '2024-03-04', '2024-03-09');
    expect(await statuses(week, berkshire, series('AAPL', '2024-03-04', '2024-03-08'))).toEqual([
      200, 500, 200,
    ]);
    simulator.setFaults([{ match: { session: '2024-03-08' }, fault }]);
    expect(await statuses(week, chartPath('AAPL', '2024-03-04', '2024-03-08'))).toEqual([500, 200]);
  });
});

describe('rows of a chart', () => {
  const match = { session: '2024-03-06' };

  test('are null, partly or wholly', async () => {
    const { get, simulator } = await marketWith({ match, fault: { kind: 'nullRow' } });
    const honest = rowsOf(await (await runningMarket()).get<ChartBody>(week));
    const nulls = { open: null, high: null, low: null, close: null, volume: null, adjclose: null };
    expect(rowsOf(await get<ChartBody>(week))).toEqual(honest.with(2, { at: honest[2]?.at ?? '', ...nulls }));
    simulator.setFaults([{ match, fault: { kind: 'partlyNullRow', field: 'low' } }]);
    const partly = rowsOf(await get<ChartBody>(week));
    expect(partly[2]).toEqual({ ...honest[2], low: null });
    simulator.setFaults([{ fault: { kind: 'nullRow' } }]);
    expect(rowsOf(await get<ChartBody>(week)).map(({ close }) => close === null)).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  test('end with one at 16:00 without volume', async () => {
    const { get } = await marketWith({ match, fault: { kind: 'zeroVolumeRow' } });
    const rows = rowsOf(await get<ChartBody>(hours));
    const own = rows.filter(({ at }) => at.startsWith('2024-03-06'));
    expect(rows).toHaveLength(36);
    expect(own).toHaveLength(8);
    const close = own[6]?.close;
    expect(own[7]).toMatchObject({
      at: '2024-03-06T21:00:00.000Z',
      open: close,
      high: close,
      low: close,
      close,
      volume: 0,
    });
  });

  test('lack the last hour', async () => {
    const { get } = await marketWith({ times: 1, fault: { kind: 'missingLastHour' } });
    const short = rowsOf(await get<ChartBody>(hours));
    const whole = rowsOf(await get<ChartBody>(hours));
    expect(short).toEqual(whole.slice(0, -1));
    expect(whole.at(-1)?.at).toBe('2024-03-08T20:30:00.000Z');
  });

  test('are of another symbol or granularity than asked for', async () => {
    const { get, simulator } = await marketWith({ fault: { kind: 'wrongTicker', ticker: 'AAPX' } });
    expect(resultOf(await get<ChartBody>(week)).meta).toMatchObject({
      symbol: 'AAPX',
      dataGranularity: '1d',
    });
    simulator.setFaults([{ fault: { kind: 'wrongMeta' } }]);
    expect(resultOf(await get<ChartBody>(week)).meta).toMatchObject({
      symbol: 'AAPL',
      dataGranularity: '3mo',
    });
    simulator.setFaults([{ fault: { kind: 'wrongMeta', field: 'currency', value: 'EUR' } }]);
    expect(resultOf(await get<ChartBody>(week)).meta).toMatchObject({ currency: 'EUR' });
  });

  test('come twice, or with a field of the wrong kind', async () => {
    const { get, simulator } = await marketWith({ match, fault: { kind: 'duplicateRows' } });
    const rows = rowsOf(await get<ChartBody>(week));
    expect(rows).toHaveLength(6);
    expect(rows[2]).toEqual(rows[3]);
    simulator.setFaults([{ match, fault: { kind: 'malformed', field: 'volume' } }]);
    expect(rowsOf(await get<ChartBody>(week))[2]?.volume).toBe('not a number');
  });

  test('of one session change, at both providers', async () => {
    const fault = { kind: 'changedBar', session: '2024-03-06', factor: 1.5 } as const;
    const honest = rowsOf(await (await runningMarket()).get<ChartBody>(week));
    const { get } = await marketWith({ match: { symbol: 'AAPL' }, fault });
    const rows = rowsOf(await get<ChartBody>(week));
    expect(rows[2]?.close).toBeCloseTo((honest[2]?.close ?? 0) * 1.5, 3);
    expect(rows.toSpliced(2, 1)).toEqual(honest.toSpliced(2, 1));
    const [bar] = (await get(series('AAPL', '2024-03-06', '2024-03-06'))).results ?? [];
    expect(bar?.c).toBeCloseTo(rows[2]?.close ?? 0, 2);
  });

  test('of other endpoints do not use them up', async () => {
    const { get, request } = await marketWith({ times: 1, fault: { kind: 'nullRow' } });
    await request(series('AAPL', '2024-03-04', '2024-03-08'));
    expect(rowsOf(await get<ChartBody>(week)).at(-1)?.close).toBeNull();
  });
});

describe('a stale crumb', () => {
  test('is refused until the client asks for another one', async () => {
    const { request, simulator } = await marketWith({ times: 1, fault: { kind: 'staleCrumb' } });
    const ask = (path: string) => request(path, { headers: { cookie: 'A3=x' } });
    const crumb = async () => encodeURIComponent(await (await ask('/v1/test/getcrumb')).text());
    const summary = (one: string) => ask(`/v10/finance/quoteSummary/AAPL?modules=summaryDetail&crumb=${one}`);
    const old = await crumb();
    expect((await summary(old)).status).toBe(401);
    expect((await summary(old)).status).toBe(401);
    expect((await summary(await crumb())).status).toBe(200);
    expect(simulator.requests().map(({ fault }) => fault)).toEqual([null, 'staleCrumb', null, null, null]);
  });
});
