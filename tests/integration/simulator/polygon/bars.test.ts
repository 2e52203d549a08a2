import { describe, expect, test } from 'vitest';
import { exchangeInstant } from '../../../../src/domain/exchange-time.ts';
import { folderMarket } from '../../../../src/simulator/market/folder-market.ts';
import { fixturesFolder, hasFixtures, readFixture } from '../../../support/fixtures.ts';
import {
  calendar,
  marketDay,
  pagesFrom,
  runningMarket,
  series,
  source,
  type BarsBody,
} from '../../../support/running-market.ts';

describe('the series of one ticker', () => {
  test('has the bars of the source, each at midnight New York, winter and summer', async () => {
    const { get } = await runningMarket();
    const body = await get(series('AAPL', '2024-03-07', '2024-03-12'));
    expect(body).toMatchObject({ ticker: 'AAPL', queryCount: 4, resultsCount: 4, count: 4, status: 'OK' });
    expect(body.next_url).toBeUndefined();
    expect(body.results).toEqual(
      source.bars('AAPL', { from: '2024-03-07', to: '2024-03-12' }).map((bar) => ({
        v: bar.volume,
        vw: bar.vwap,
        o: bar.open,
        c: bar.close,
        h: bar.high,
        l: bar.low,
        t: exchangeInstant(bar.session, 0),
        n: bar.trades,
      })),
    );
    expect(body.results?.map(({ t }) => new Date(t).toISOString().slice(11, 13))).toEqual([
      '05',
      '05',
      '04',
      '04',
    ]);
  });

  test.skipIf(!hasFixtures)(
    'has the fields of the recording, in its order (skipped where ../shared/fixtures is absent)',
    async () => {
      const { get } = await runningMarket();
      const body = await get(series('AAPL', '2023-01-01', '2023-01-10'));
      const text = readFixture('polygon/obb__aapl_asc.json');
      const recorded = (JSON.parse(text) as { response: { bodyJson: BarsBody } }).response.bodyJson;
      expect(Object.keys(body)).toEqual(Object.keys(recorded));
      expect(Object.keys(body.results?.[0] ?? {})).toEqual(Object.keys(recorded.results?.[0] ?? {}));
      expect(body.results?.slice(1).map(({ t }) => t)).toEqual(recorded.results?.map(({ t }) => t));
      expect(body.request_id).toMatch(/^[0-9a-f]{32}$/);
    },
  );

  test('echoes adjusted, true by default', async () => {
    const { get } = await runningMarket();
    const path = series('AAPL', '2024-03-07', '2024-03-07');
    const [raw, usual] = [await get(`${path}?adjusted=false`), await get(path)];
    expect([raw.adjusted, usual.adjusted]).toEqual([false, true]);
    expect(raw.results).toEqual(usual.results);
  });

  test.each(['asc', 'desc'])('pages cover every bar once, %s', async (sort) => {
    const { get } = await runningMarket();
    const path = series('MSFT', '2024-01-01', '2024-03-31');
    const pages = await pagesFrom(get, `${path}?limit=10&sort=${sort}&adjusted=false`);
    const whole = (await get(`${path}?sort=${sort}`)).results ?? [];
    expect(pages).toHaveLength(Math.ceil(whole.length / 10));
    expect(pages.flatMap(({ results = [] }) => results)).toEqual(whole);
    expect(pages.every(({ adjusted }) => !adjusted)).toBe(true);
  });

  test('the next page is on the host that was asked, moves the start in milliseconds and carries no key', async () => {
    const { get, simulator } = await runningMarket();
    const { next_url: next = '' } = await get(series('MSFT', '2020-01-02', '2020-01-10', '?limit=2'));
    const url = new URL(next);
    expect(url.origin).toBe(simulator.url);
    expect(url.pathname).toBe('/v2/aggs/ticker/MSFT/range/1/day/1578114000000/2020-01-10');
    expect([...url.searchParams.keys()]).toEqual(['cursor']);
  });

  test('a page limit of the server overrides the wish of the client', async () => {
    const { get } = await runningMarket({ pageLimit: 7 });
    const pages = await pagesFrom(get, series('MSFT', '2024-01-01', '2024-01-31', '?limit=50000'));
    expect(pages.map(({ count }) => count)).toEqual([7, 7, 7, 1]);
  });

  test('without data it has no results, for an unknown ticker and another case too', async () => {
    const { get } = await runningMarket();
    for (const symbol of ['NOSUCH', 'aapl']) {
      const body = await get(series(symbol, '2024-03-07', '2024-03-12'));
      expect(body).toMatchObject({ ticker: symbol, queryCount: 0, resultsCount: 0, status: 'OK' });
      expect(body).not.toHaveProperty('results');
    }
    expect(await get(series('AAPL', '2024-07-04', '2024-07-04'))).not.toHaveProperty('results');
  });

  test.each([
    [series('AAPL', '2024-03-32', '2024-04-01'), /Could not parse/],
    [series('AAPL', '2024-03-07', '2024-03-06'), /cannot be a time that occurs before/],
    [series('AAPL', '2024-03-07', '2024-03-07', '?limit=50001'), /'limit' must be from 1 to 50000/],
    [series('AAPL', '2024-03-07', '2024-03-07', '?limit=0'), /'limit'/],
    [series('AAPL', '2024-03-07', '2024-03-07', '?sort=up'), /'sort' must be one of asc, desc/],
    [series('AAPL', '2024-03-07', '2024-03-07', '?cursor=%00'), /Invalid cursor/],
    [marketDay('yesterday'), /Could not parse/],
  ])('%s is refused', async (path, error) => {
    const { request } = await runningMarket();
    const response = await request(path);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      status: 'ERROR',
      error: expect.stringMatching(error) as string,
    });
  });
});

describe('a market day', () => {
  test('has every instrument once, at 16:00 New York, with the same bars as the series', async () => {
    const { get } = await runningMarket();
    const body = await get(marketDay('2024-03-07', '?adjusted=false'));
    const rows = body.results ?? [];
    expect(body).toMatchObject({ adjusted: false, resultsCount: rows.length, queryCount: rows.length });
    expect(body).not.toHaveProperty('ticker');
    expect(new Set(rows.map(({ T }) => T)).size).toBe(rows.length);
    expect(rows.length).toBeGreaterThan(450);
    expect(Object.keys(rows[0] ?? {})).toEqual(['T', 'v', 'vw', 'o', 'c', 'h', 'l', 't', 'n']);
    expect(rows.every(({ t }) => t === Date.parse('2024-03-07T21:00:00Z'))).toBe(true);
    for (const symbol of ['AAPL', 'BRK.B', 'KIMpL']) {
      const [bar] = (await get(series(symbol, '2024-03-07', '2024-03-07'))).results ?? [];
      const row = rows.find(({ T }) => T === symbol);
      expect(row).toEqual({ T: symbol, ...bar, t: row?.t });
    }
  });

  test('asked again is the same but for its id', async () => {
    const { get } = await runningMarket();
    const [first, second] = [await get(marketDay('2024-03-07')), await get(marketDay('2024-03-07'))];
    expect(second).toEqual({ ...first, request_id: second.request_id });
    expect(second.request_id).not.toBe(first.request_id);
  });

  test('that is none has no results', async () => {
    const { get } = await runningMarket();
    for (const session of ['2024-07-04', '2024-07-06', '1999-01-04']) {
      const body = await get(marketDay(session));
      expect(body).toMatchObject({ resultsCount: 0, status: 'OK' });
      expect(body).not.toHaveProperty('results');
    }
  });
});

describe('a session that has not closed', () => {
  const week = series('AAPL', '2024-07-08', '2024-07-12');

  test.each([
    ['2024-07-10T19:59:59Z', 2],
    ['2024-07-10T20:00:00Z', 3],
    ['2024-07-13T12:00:00Z', 5],
  ])('has no bar: at %s there are %d', async (now, bars) => {
    const { get } = await runningMarket({ now: () => new Date(now) });
    expect(await get(week)).toMatchObject({ resultsCount: bars });
    expect((await get(marketDay('2024-07-10'))).resultsCount > 0).toBe(bars > 2);
  });

  test('has one as soon as it closes while the server runs', async () => {
    let now = new Date('2024-07-10T15:00:00Z');
    const { get } = await runningMarket({ now: () => now });
    expect(await get(marketDay('2024-07-10'))).toMatchObject({ resultsCount: 0 });
    now = new Date('2024-07-10T20:05:00Z');
    expect((await get(marketDay('2024-07-10'))).resultsCount).toBeGreaterThan(450);
  });
});

describe.skipIf(!hasFixtures)('recorded bars (skipped where ../shared/fixtures is absent)', () => {
  test('come through whole, without the fields the files lack', async () => {
    const folder = await folderMarket({ directory: `${fixturesFolder}bars`, calendar });
    const { get } = await runningMarket({ source: folder });
    const pages = await pagesFrom(get, series('AAPL', '1998-01-01', '2021-12-31', '?adjusted=false'));
    const rows = pages.flatMap(({ results = [] }) => results);
    expect(pages.map(({ count }) => count)).toEqual([5000, 849]);
    expect(rows.at(-1)).toEqual({
      v: 109019052,
      o: 121.65,
      c: 122.15,
      h: 123.54,
      l: 121.15,
      t: 1617163200000,
    });
    expect(await get(marketDay('2021-03-31'))).toMatchObject({ resultsCount: 4 });
  });
});
