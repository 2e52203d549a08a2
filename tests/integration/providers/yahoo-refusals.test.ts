import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { failureOf } from '../../support/failure.ts';
import { json, startLocalServer, text } from '../../support/local-server.ts';
import {
  chart,
  chartBody,
  daily,
  hourly,
  routes,
  sessionRoutes,
  yahooAnswering,
  yahooAt,
} from '../../support/yahoo-replies.ts';

const refusal = (root: string, code: string, description: string) => ({
  [root]: { result: null, error: { code, description } },
});
const notFound = refusal('chart', 'Not Found', 'No data found, symbol may be delisted');

// The library writes addresses to the console when it sees what is no answer.
const written = (['log', 'info', 'warn', 'error', 'debug', 'dir'] as const).map((method) => ({ method }));
const spies = () => written.map(({ method }) => vi.spyOn(console, method).mockReturnValue(undefined));
let consoles: ReturnType<typeof spies> = [];
beforeEach(() => {
  consoles = spies();
});
afterEach(() => {
  const calls = consoles.flatMap(({ mock }) => mock.calls);
  vi.restoreAllMocks();
  expect(calls).toEqual([]);
});

describe('429', () => {
  test.each([
    ['with seconds to wait', { 'retry-after': '120' }, 120_000],
    ['with a date to wait for', { 'retry-after': 'Wed, 03 Jan 2024 01:00:30 GMT' }, 30_000],
    ['with neither', {}, null],
    ['with nonsense', { 'retry-after': 'soon' }, null],
  ])('%s is RateLimited', async (_, headers, retryAfterMs) => {
    const date = 'Wed, 03 Jan 2024 01:00:00 GMT';
    const { yahoo, server } = await yahooAnswering(
      text('Edge: Too Many Requests', 429, { date, ...headers }),
    );
    await expect(yahoo.series('AAPL', daily)).rejects.toMatchObject({
      name: 'RateLimited',
      passing: true,
      retryAfterMs,
      message: '429: too many requests',
    });
    expect(server.seen).toHaveLength(1);
  });

  test.each([
    ['a page', '/quote/AAPL'],
    ['a crumb', '/v1/test/getcrumb'],
    ['statistics', '/v10/'],
  ])('in place of %s is RateLimited', async (_, path) => {
    const { yahoo } = await yahooAnswering(
      routes({ ...sessionRoutes, [path]: text('Too Many Requests\r\n', 429, { 'retry-after': '60' }) }),
    );
    await expect(yahoo.keyStatistics('AAPL')).rejects.toMatchObject({
      name: 'RateLimited',
      retryAfterMs: 60_000,
    });
  });

  test('is not read out of the text of another status', async () => {
    const { yahoo } = await yahooAnswering(text('Too Many Requests', 503, { 'retry-after': '60' }));
    await expect(yahoo.series('AAPL', daily)).rejects.toMatchObject({ name: 'ProviderUnavailable' });
  });
});

describe('what the provider refuses for good', () => {
  test.each([
    ['a symbol that may be delisted', 404, notFound, 'SymbolNotFound'],
    ['the same with a 200', 200, notFound, 'SymbolNotFound'],
    [
      'hours further back than it keeps',
      422,
      refusal('chart', 'Unprocessable Entity', '1h data not available for startTime=1 and endTime=2.'),
      'RequestRefused',
    ],
    [
      'a request that makes no sense',
      400,
      refusal('chart', 'Bad Request', 'Invalid input'),
      'RequestRefused',
    ],
    ['an address', 404, refusal('finance', 'Not Found', 'HTTP 404 Not Found'), 'RequestRefused'],
  ])('%s', async (_, status, body, name) => {
    const { yahoo, server } = await yahooAnswering(json(body, status));
    await expect(yahoo.series('AAPL', hourly)).rejects.toMatchObject({ name, passing: false });
    expect(server.seen).toHaveLength(1);
  });

  test('an unknown symbol has no reference', async () => {
    const { yahoo } = await yahooAnswering(json(notFound, 404));
    expect(await yahoo.lookUp('GONE')).toBeNull();
  });

  test('statistics of a symbol without a quote', async () => {
    const body = refusal('quoteSummary', 'Not Found', 'Quote not found for ticker symbol: GONE');
    const { yahoo } = await yahooAnswering(routes({ ...sessionRoutes, '/v10/': json(body, 404) }));
    await expect(yahoo.keyStatistics('GONE')).rejects.toMatchObject({
      name: 'SymbolNotFound',
      symbol: 'GONE',
    });
  });
});

describe('what passes is ProviderUnavailable', () => {
  const whole = JSON.stringify(chartBody([{ session: '2024-01-02' }]));
  test.each([
    ['a page in place of JSON', text('<html><title>Yahoo</title></html>')],
    ['nothing', text('')],
    ['a cut body', text(whole.slice(0, 200))],
    ['a page for a 404', text('<html>not found</html>', 404)],
    ['500', json(refusal('finance', 'Internal Server Error', 'sorry'), 500)],
    ['502', text('<html>', 502)],
    ['403', text('<html>', 403)],
    ['a redirect', text('', 302, { location: 'https://guce.yahoo.com/consent' })],
  ])('%s', async (_, reply) => {
    const { yahoo, server } = await yahooAnswering(reply);
    for (const asked of [yahoo.series('AAPL', daily), yahoo.lookUp('AAPL'), yahoo.fundamentals('AAPL')])
      await expect(asked).rejects.toMatchObject({ name: 'ProviderUnavailable', passing: true });
    expect(server.seen).toHaveLength(3);
  });

  test('a body that breaks off', async () => {
    const { yahoo } = await yahooAnswering((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length });
      response.write(whole.slice(0, 80), () => response.destroy());
    });
    await expect(yahoo.series('AAPL', daily)).rejects.toMatchObject({ name: 'ProviderUnavailable' });
  });

  test('a port where nobody listens', async () => {
    const yahoo = yahooAt({ url: 'http://127.0.0.1:1' });
    await expect(yahoo.series('AAPL', daily)).rejects.toMatchObject({ name: 'ProviderUnavailable' });
  });
});

describe('limits', () => {
  test('no answer in time is ResponseTimedOut', async () => {
    const server = await startLocalServer(() => undefined);
    const asked = yahooAt(server, { timeoutMs: 30 }).series('AAPL', daily);
    await expect(asked).rejects.toMatchObject({ name: 'ResponseTimedOut', passing: true });
  });

  test('a body that drips on for ever is ResponseTimedOut', async () => {
    const server = await startLocalServer((response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(drip));
    });
    const asked = yahooAt(server, { timeoutMs: 60 }).series('AAPL', daily);
    await expect(asked).rejects.toMatchObject({ name: 'ResponseTimedOut' });
  });

  test('more than maxBytes is ResponseTooLarge, announced or not', async () => {
    for (const headers of [{ 'content-length': '101' }, undefined]) {
      const server = await startLocalServer((response) => {
        response.writeHead(200, headers).end('x'.repeat(101));
      });
      const asked = yahooAt(server, { maxBytes: 100 }).series('AAPL', daily);
      await expect(asked).rejects.toMatchObject({ name: 'ResponseTooLarge', passing: false });
    }
  });
});

describe('the caller', () => {
  test('is asked before every request, those for the session included', async () => {
    const server = await startLocalServer(
      routes({ ...sessionRoutes, '/v10/': json({ quoteSummary: { result: [{}], error: null } }) }),
    );
    const turns: unknown[] = [];
    let made = 0;
    const beforeRequest = (turn: unknown) => {
      turns.push(turn);
      return Promise.resolve();
    };
    const yahoo = yahooAt(server, { beforeRequest });
    const { requests } = await yahoo.keyStatistics('AAPL', { patienceMs: 5, onRequest: () => (made += 1) });
    expect([requests, made, server.seen.length]).toEqual([3, 3, 3]);
    expect(turns).toEqual([{ patienceMs: 5 }, { patienceMs: 5 }, { patienceMs: 5 }]);
  });

  test('may let many wait for their turn at once: the library queues none', async () => {
    const server = await startLocalServer(chart([]));
    const gate = Promise.withResolvers<undefined>();
    let waiting = 0;
    const beforeRequest = () => {
      waiting += 1;
      return gate.promise;
    };
    const yahoo = yahooAt(server, { beforeRequest });
    const asked = Array.from({ length: 12 }, () => yahoo.series('AAPL', daily));
    await vi.waitFor(() => expect(waiting).toBe(12));
    gate.resolve(undefined);
    await Promise.all(asked);
  });

  test('its refusal of a turn is thrown as it is, and no request made', async () => {
    const server = await startLocalServer(chart([]));
    const reason = new Error('far');
    const beforeRequest = (): Promise<void> => Promise.reject(reason);
    const yahoo = yahooAt(server, { beforeRequest });
    expect(await failureOf(yahoo.series('AAPL', daily))).toBe(reason);
    expect(await failureOf(yahoo.keyStatistics('AAPL'))).toBe(reason);
    expect(server.seen).toHaveLength(0);
  });

  test('its cancellation is thrown as it is', async () => {
    const reason = new Error('cancelled by the caller');
    const controller = new AbortController();
    const { yahoo } = await yahooAnswering(() => controller.abort(reason));
    const { signal } = controller;
    expect(await failureOf(yahoo.series('AAPL', daily, { signal }))).toBe(reason);
    expect(await failureOf(yahoo.keyStatistics('AAPL', { signal }))).toBe(reason);
  });

  test('a cancellation of one does not reach another that waits for the same crumb', async () => {
    const reason = new Error('cancelled by the caller');
    const controller = new AbortController();
    const page = sessionRoutes['/quote/AAPL'];
    const { yahoo } = await yahooAnswering(
      (response, request) => setTimeout(() => page(response, request), 50),
      routes({ ...sessionRoutes, '/v10/': json({ quoteSummary: { result: [{}], error: null } }) }),
    );
    const first = failureOf(yahoo.keyStatistics('AAPL', { signal: controller.signal }));
    const second = yahoo.keyStatistics('MSFT');
    setTimeout(() => controller.abort(reason), 20);
    expect(await first).toBe(reason);
    expect(await second).toMatchObject({ requests: 3 });
  });

  test.each(['../../v7', 'AAPL?x=1', '..', 'aapl', ''])(
    '%j is refused before any request',
    async (symbol) => {
      const { yahoo, server } = await yahooAnswering(chart([]));
      for (const ask of [
        () => yahoo.series(symbol, daily),
        () => yahoo.lookUp(symbol),
        () => yahoo.fundamentals(symbol),
        () => yahoo.keyStatistics(symbol),
      ])
        expect(await failureOf(ask())).toMatchObject({ name: 'RequestRefused', passing: false });
      expect(server.seen).toHaveLength(0);
    },
  );
});
