import { describe, expect, test } from 'vitest';
import { json, startLocalServer, text } from '../../support/local-server.ts';
import { key, polygonAnswering, polygonAt } from '../../support/polygon-replies.ts';

const record = (ticker: string, over: Readonly<Record<string, unknown>> = {}) => ({
  ticker,
  name: 'Some Name',
  market: 'stocks',
  locale: 'us',
  primary_exchange: 'XNYS',
  type: 'CS',
  active: true,
  currency_name: 'usd',
  cik: '0000000001',
  composite_figi: 'BBG000000001',
  ...over,
});
const detail = (ticker: string, over: Readonly<Record<string, unknown>> = {}) =>
  json({ status: 'OK', results: record(ticker, over) });
const list = (...records: readonly unknown[]) => json({ status: 'OK', results: records });
const missing = json({ status: 'NOT_FOUND', message: 'Ticker not found.' }, 404);

describe('a look-up', () => {
  test('finds an instrument in one request', async () => {
    const { polygon, server } = await polygonAnswering(detail('BRK.B', { list_date: '1996-05-09' }));
    expect(await polygon.lookUp('BRK.B')).toEqual({
      symbol: 'BRK.B',
      name: 'Some Name',
      type: 'CS',
      exchange: 'XNYS',
      figi: 'BBG000000001',
      cik: '0000000001',
      currency: 'USD',
      active: true,
      listedOn: '1996-05-09',
      delistedOn: null,
    });
    expect(server.seen).toEqual([{ url: '/v3/reference/tickers/BRK.B', authorization: `Bearer ${key}` }]);
  });

  test('gives null for every field that is blank, absent or no date', async () => {
    const blanks = { name: '', type: ' ', primary_exchange: null, cik: undefined, composite_figi: '' };
    const { polygon } = await polygonAnswering(
      detail('A', { ...blanks, currency_name: '', list_date: '0000-00-00' }),
    );
    expect(await polygon.lookUp('A')).toEqual({
      symbol: 'A',
      name: null,
      type: null,
      exchange: null,
      figi: null,
      cik: null,
      currency: null,
      active: true,
      listedOn: null,
      delistedOn: null,
    });
  });

  test('finds a delisted instrument in the list, in two requests', async () => {
    const { polygon, server } = await polygonAnswering(
      missing,
      list(record('FRC', { active: false, delisted_utc: '2023-05-02T00:00:00Z' })),
    );
    let counted = 0;
    const found = await polygon.lookUp('FRC', { onRequest: () => (counted += 1) });
    expect(found).toMatchObject({ symbol: 'FRC', active: false, listedOn: null, delistedOn: '2023-05-02' });
    expect(counted).toBe(2);
    expect(server.seen.map(({ url }) => url)).toEqual([
      '/v3/reference/tickers/FRC',
      '/v3/reference/tickers?ticker=FRC&market=stocks&active=false&limit=1000',
    ]);
  });

  test('takes the latest of several that were delisted under one ticker', async () => {
    const gone = (delisted_utc: string | undefined) => record('XYZ', { active: false, delisted_utc });
    const { polygon } = await polygonAnswering(
      missing,
      list(
        gone('2010-01-04T00:00:00Z'),
        gone(undefined),
        gone('2019-01-04T00:00:00Z'),
        gone('2005-01-04T00:00:00Z'),
      ),
    );
    expect(await polygon.lookUp('XYZ')).toMatchObject({ delistedOn: '2019-01-04' });
  });

  test('does not take a ticker that differs in letter case', async () => {
    const gone = { active: false, delisted_utc: '2019-01-04T00:00:00Z' };
    const { polygon } = await polygonAnswering(missing, list(record('CPK', gone)));
    expect(await polygon.lookUp('CpK')).toBeNull();
  });

  test.each([
    ['an empty list', list()],
    ['a list that is null', json({ status: 'OK', results: null })],
    ['a list that is absent', json({ status: 'OK', count: 0 })],
  ])('of an unknown ticker is null after %s', async (_, empty) => {
    const { polygon, server } = await polygonAnswering(missing, empty);
    expect(await polygon.lookUp('NOPE')).toBeNull();
    expect(server.seen).toHaveLength(2);
  });

  test('of something else than a stock is null', async () => {
    const { polygon } = await polygonAnswering(detail('X:BTCUSD', { market: 'crypto' }));
    expect(await polygon.lookUp('X:BTCUSD')).toBeNull();
  });

  test('does not take an object without a status for an empty list', async () => {
    const { polygon } = await polygonAnswering(missing, json({ message: 'maintenance' }));
    await expect(polygon.lookUp('AAPL')).rejects.toMatchObject({
      name: 'MalformedResponse',
      message: 'not what the documentation says at status',
    });
  });

  test.each(['MSFT', 'aapl'])('answered for %s in place of AAPL is malformed', async (other) => {
    const { polygon, server } = await polygonAnswering(detail(other));
    await expect(polygon.lookUp('AAPL')).rejects.toMatchObject({ name: 'MalformedResponse' });
    expect(server.seen).toHaveLength(1);
  });

  test('fails as any request does, in the detail and in the list', async () => {
    const first = await polygonAnswering(text('', 429));
    await expect(first.polygon.lookUp('AAPL')).rejects.toMatchObject({ name: 'RateLimited' });
    const second = await polygonAnswering(missing, text('', 503));
    await expect(second.polygon.lookUp('AAPL')).rejects.toMatchObject({ name: 'ProviderUnavailable' });
    const third = await polygonAnswering(json({ status: 'OK' }));
    await expect(third.polygon.lookUp('AAPL')).rejects.toMatchObject({
      name: 'MalformedResponse',
      message: 'not what the documentation says at results',
    });
  });
});

describe('the list of instruments', () => {
  test('comes page by page, each continued by the one before', async () => {
    const server = await startLocalServer((response, request) => {
      const last = request.url.includes('cursor');
      const body = last
        ? { results: [record('CPK')] }
        : { results: [record('A'), record('CpK')], next_url: `${server.url}/v3/reference/tickers?cursor=2` };
      json({ status: 'OK', ...body })(response, request);
    });
    const polygon = polygonAt(server);
    const first = await polygon.listInstruments({ active: true, next: null });
    const second = await polygon.listInstruments({ active: true, next: first.next });
    expect([...first.instruments, ...second.instruments].map(({ symbol }) => symbol)).toEqual([
      'A',
      'CpK',
      'CPK',
    ]);
    expect(second.next).toBeNull();
    expect(server.seen.map(({ url }) => url)).toEqual([
      '/v3/reference/tickers?market=stocks&active=true&sort=ticker&order=asc&limit=1000',
      '/v3/reference/tickers?cursor=2',
    ]);
  });

  test('is asked for delisted ones too', async () => {
    const { polygon, server } = await polygonAnswering(
      list(record('FRC', { active: false, delisted_utc: '2023-05-02T00:00:00Z' })),
    );
    const { instruments } = await polygon.listInstruments({ active: false, next: null });
    expect(instruments).toMatchObject([{ symbol: 'FRC', active: false, delistedOn: '2023-05-02' }]);
    expect(server.seen[0]?.url).toContain('active=false');
  });

  test('leaves out what is no stock and keeps a record whose market is blank', async () => {
    const { polygon } = await polygonAnswering(
      list(
        record('A'),
        record('I:NDX', { market: 'indices' }),
        record('OLD', { market: '' }),
        record('ODD', { market: undefined }),
      ),
    );
    const { instruments } = await polygon.listInstruments({ active: true, next: null });
    expect(instruments.map(({ symbol }) => symbol)).toEqual(['A', 'OLD', 'ODD']);
  });

  test('is broken by a page that links to itself', async () => {
    const server = await startLocalServer((response, request) =>
      json({ status: 'OK', results: [record('A')], next_url: `${server.url}${request.url}` })(
        response,
        request,
      ),
    );
    await expect(polygonAt(server).listInstruments({ active: true, next: null })).rejects.toMatchObject({
      name: 'BrokenPaging',
    });
  });

  test.each(['https://example.com/v3/reference/tickers?cursor=2', 'cursor=2'])(
    'is not continued at %s',
    async (next) => {
      const { polygon, server } = await polygonAnswering(list(record('A')));
      await expect(polygon.listInstruments({ active: true, next })).rejects.toMatchObject({
        name: 'BrokenPaging',
      });
      expect(server.seen).toHaveLength(0);
    },
  );

  test('names the field of a record that is malformed, and has all others', async () => {
    const { polygon } = await polygonAnswering(list(record('A'), record('B', { name: 7 }), record('C')));
    const { instruments, rejected } = await polygon.listInstruments({ active: true, next: null });
    expect(instruments.map(({ symbol }) => symbol)).toEqual(['A', 'C']);
    expect(rejected).toMatchObject([{ symbol: 'B', field: 'name', wrong: 'name is 7' }]);
  });
});
