import { describe, expect, test } from 'vitest';
import { failureOf } from '../../support/failure.ts';
import { json, text } from '../../support/local-server.ts';
import {
  january,
  polygonAnswering,
  polygonAt,
  row,
  series,
  seriesBody,
} from '../../support/polygon-replies.ts';

const timeframe = {
  status: 'NOT_AUTHORIZED',
  message: "Your plan doesn't include this data timeframe. Please upgrade your plan",
};

test('401 is Unauthorized and says why', async () => {
  const { polygon } = await polygonAnswering(json({ status: 'ERROR', error: 'Unknown API Key' }, 401));
  await expect(polygon.series('AAPL', { interval: '1d', range: january })).rejects.toMatchObject({
    name: 'Unauthorized',
    passing: false,
    message: '401: Unknown API Key',
  });
});

test('400 for a missing key is Unauthorized', async () => {
  const { polygon } = await polygonAnswering(
    json({ status: 'ERROR', error: 'API Key was not provided' }, 400),
  );
  await expect(polygon.series('AAPL', { interval: '1d', range: january })).rejects.toMatchObject({
    name: 'Unauthorized',
    message: '400: API Key was not provided',
  });
});

test('without a key nothing is sent', async () => {
  const { server } = await polygonAnswering(json({ status: 'OK' }, 200));
  await expect(
    polygonAt(server, { apiKey: '' }).series('AAPL', { interval: '1d', range: january }),
  ).rejects.toMatchObject({
    name: 'Unauthorized',
  });
  expect(server.seen).toHaveLength(0);
});

test('another 400 is RequestRefused', async () => {
  const { polygon } = await polygonAnswering(json({ status: 'ERROR', error: 'limit is too large' }, 400));
  await expect(polygon.series('AAPL', { interval: '1d', range: january })).rejects.toMatchObject({
    name: 'RequestRefused',
    passing: false,
    message: '400: limit is too large',
  });
});

test('403 for the kind of data is NotEntitled, however young the session', async () => {
  const said = { status: 'NOT_AUTHORIZED', message: 'You are not entitled to this data.' };
  const { polygon } = await polygonAnswering(json(said, 403, { date: 'Wed, 10 Jul 2024 21:00:00 GMT' }));
  await expect(polygon.marketDay('2024-07-10')).rejects.toMatchObject({
    name: 'NotEntitled',
    passing: false,
  });
});

describe('403 for the time frame', () => {
  const refused = () => polygonAnswering(json(timeframe, 403, { date: 'Wed, 10 Jul 2024 21:00:00 GMT' }));

  test.each([
    ['today', '2024-07-10', '2024-07-10'],
    ['a week that ends today', '2024-07-04', '2024-07-10'],
    ['thirty days that end today', '2024-06-10', '2024-07-10'],
  ])('is NotYetAvailable for %s', async (_, from, to) => {
    const { polygon } = await refused();
    await expect(polygon.series('AAPL', { interval: '1d', range: { from, to } })).rejects.toMatchObject({
      name: 'NotYetAvailable',
      passing: true,
    });
  });

  test.each([
    ['years ago', '2019-01-02', '2019-12-31'],
    ['a year that ends today', '2023-07-10', '2024-07-10'],
    ['a session that is final', '2024-07-09', '2024-07-09'],
  ])('is NotEntitled for %s', async (_, from, to) => {
    const { polygon } = await refused();
    await expect(polygon.series('AAPL', { interval: '1d', range: { from, to } })).rejects.toMatchObject({
      name: 'NotEntitled',
      passing: false,
    });
  });

  test('is NotYetAvailable for the market day of today, NotEntitled for one of years ago', async () => {
    const { polygon } = await refused();
    await expect(polygon.marketDay('2024-07-10')).rejects.toMatchObject({ name: 'NotYetAvailable' });
    await expect(polygon.marketDay('2019-07-10')).rejects.toMatchObject({ name: 'NotEntitled' });
  });

  test('is judged by our clock where the provider sends none', async () => {
    const { server } = await polygonAnswering((response) => {
      response.sendDate = false;
      response.writeHead(403).end(JSON.stringify(timeframe));
    });
    const polygon = polygonAt(server, { now: () => new Date('2019-07-10T21:00:00Z') });
    await expect(polygon.marketDay('2019-07-10')).rejects.toMatchObject({ name: 'NotYetAvailable' });
  });
});

describe('403 for the time frame of a range that ends today', () => {
  const date = { date: 'Wed, 10 Jul 2024 14:00:00 GMT' };
  /** A plan that has sessions up to one, and from another one on. */
  const planOf = (from: string, to: string) =>
    polygonAnswering((response, request) => {
      const [, first = '', last = ''] = /range\/1\/day\/([^/]+)\/([^/?]+)/.exec(request.url) ?? [];
      const has = first >= from && last <= to;
      const body = has ? seriesBody([row(first), ...(last > first ? [row(last)] : [])]) : timeframe;
      json(body, has ? 200 : 403, date)(response, request);
    });
  const ask = async (plan: Promise<Awaited<ReturnType<typeof polygonAnswering>>>, from: string) => {
    const { polygon, server } = await plan;
    const asked = polygon.series('AAPL', { interval: '1d', range: { from, to: '2024-07-10' } });
    return { asked, server };
  };

  test.each([
    ['today', '2024-07-09', 2],
    ['today and the day before, which is not final at 10:00', '2024-07-08', 3],
  ])('all is read but for %s', async (_, last, requests) => {
    const { asked, server } = await ask(planOf('2020-01-01', last), '2023-07-10');
    const answer = await asked;
    expect(answer).toMatchObject({ requests, outside: 0 });
    expect(answer.bars.map(({ session }) => session)).toEqual(['2023-07-10', last]);
    expect(server.seen).toHaveLength(requests);
  });

  test.each([
    ['its beginning, years ago', '2022-01-01', '2015-01-02', 'NotEntitled', 3],
    ['final sessions too', '2020-01-01', '2024-06-20', 'NotYetAvailable', 3],
    ['all of two sessions', '2020-01-01', '2024-07-08', 'NotYetAvailable', 2],
  ])('where the plan lacks %s nothing is asked in vain', async (what, from, to, name, requests) => {
    const first = what === 'all of two sessions' ? '2024-07-09' : what.startsWith('its') ? to : '2024-06-17';
    const plan = planOf(from, what.startsWith('its') ? '2024-07-10' : to);
    const { asked, server } = await ask(plan, first);
    await expect(asked).rejects.toMatchObject({ name });
    expect(server.seen).toHaveLength(requests);
  });
});

test('404 for aggregates is SymbolNotFound', async () => {
  const { polygon } = await polygonAnswering(json({ status: 'NOT_FOUND', message: 'no' }, 404));
  await expect(polygon.series('NOPE', { interval: '1d', range: january })).rejects.toMatchObject({
    name: 'SymbolNotFound',
    symbol: 'NOPE',
    passing: false,
  });
});

test('404 for the market day is RequestRefused: there is no symbol to miss', async () => {
  const { polygon } = await polygonAnswering(json({ status: 'NOT_FOUND', message: 'no' }, 404));
  await expect(polygon.marketDay('2024-01-02')).rejects.toMatchObject({ name: 'RequestRefused' });
});

describe('429 is RateLimited', () => {
  const limited = (headers: Readonly<Record<string, string>>) =>
    polygonAnswering(json({ status: 'ERROR', error: "You've exceeded the maximum requests" }, 429, headers));

  test.each([
    ['in seconds', { 'retry-after': '17' }, 17_000],
    [
      'at an instant of the provider’s clock',
      { 'retry-after': 'Wed, 10 Jul 2024 21:01:30 GMT', date: 'Wed, 10 Jul 2024 21:00:00 GMT' },
      90_000,
    ],
    [
      'at an instant that is over',
      { 'retry-after': 'Wed, 10 Jul 2024 20:00:00 GMT', date: 'Wed, 10 Jul 2024 21:00:00 GMT' },
      0,
    ],
    ['without saying when', {}, null],
    ['in parts of a second', { 'retry-after': '0.5' }, 500],
    ['in seconds and parts', { 'retry-after': '1.5' }, 1_500],
    ['in no time', { 'retry-after': '0' }, 0],
    ['in a time before now', { 'retry-after': '-1' }, null],
    ['in another number', { 'retry-after': '1e3' }, null],
    ['at a date of another form', { 'retry-after': '2024-07-10T21:01:30Z' }, null],
    ['with words in place of a time', { 'retry-after': 'soon' }, null],
  ])('to be asked again %s', async (_, headers, retryAfterMs) => {
    const { polygon } = await limited(headers);
    await expect(polygon.series('AAPL', { interval: '1d', range: january })).rejects.toMatchObject({
      name: 'RateLimited',
      passing: true,
      retryAfterMs,
    });
  });

  test('also with an empty body', async () => {
    const { polygon } = await polygonAnswering(text('', 429));
    await expect(polygon.marketDay('2024-01-02')).rejects.toMatchObject({
      name: 'RateLimited',
      message: '429',
    });
  });
});

test.each([
  ['500 with JSON', json({ status: 'ERROR', error: 'internal' }, 500)],
  ['502 with HTML', text('<html><h1>Bad Gateway</h1></html>', 502)],
  ['503 without a body', text('', 503)],
  ['408', text('', 408)],
])('%s is ProviderUnavailable', async (_, reply) => {
  const { polygon } = await polygonAnswering(reply);
  await expect(polygon.series('AAPL', { interval: '1d', range: january })).rejects.toMatchObject({
    name: 'ProviderUnavailable',
    passing: true,
  });
});

describe('a status in the body of a 200', () => {
  test.each([
    ['ERROR', 'Unknown API Key', 'Unauthorized'],
    ['ERROR', "You've exceeded the maximum requests per minute", 'RateLimited'],
    ['ERROR', 'something else', 'RequestRefused'],
    ['NOT_AUTHORIZED', 'You are not entitled to this data', 'NotEntitled'],
    ['NOT_FOUND', 'Ticker not found.', 'SymbolNotFound'],
  ])('%s, %j is %s', async (status, error, name) => {
    const { polygon } = await polygonAnswering(json({ status, error }));
    await expect(polygon.series('AAPL', { interval: '1d', range: january })).rejects.toMatchObject({ name });
  });

  test('DELAYED is an answer', async () => {
    const { polygon } = await polygonAnswering(
      json({ status: 'DELAYED', adjusted: false, results: [row('2024-01-02')] }),
    );
    expect((await polygon.series('AAPL', { interval: '1d', range: january })).bars).toHaveLength(1);
  });
});

describe('a redirect', () => {
  test.each([301, 302, 307, 308])('%d is not followed', async (status) => {
    const { server: other } = await polygonAnswering(series(row('2024-01-02')));
    const { polygon, server } = await polygonAnswering(
      text('', status, { location: `${other.url}/v2/aggs/ticker/AAPL` }),
    );
    const failure = await failureOf(polygon.series('AAPL', { interval: '1d', range: january }));
    expect(failure).toMatchObject({ name: 'RequestRefused', passing: false });
    expect(server.seen).toHaveLength(1);
    expect(other.seen).toHaveLength(0);
  });
});
