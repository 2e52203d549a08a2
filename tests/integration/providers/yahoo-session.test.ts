import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { everythingIn, failureOf } from '../../support/failure.ts';
import { hasFixtures } from '../../support/fixtures.ts';
import { json, startLocalServer, text, type Reply } from '../../support/local-server.ts';
import { absence, recorded } from '../../support/yahoo-recordings.ts';
import {
  chart,
  cookie,
  crumb,
  daily,
  routes,
  sessionRoutes,
  summaryOf,
  yahooAnswering,
  yahooAt,
} from '../../support/yahoo-replies.ts';

const invalidCrumb = json(
  { finance: { result: null, error: { code: 'Unauthorized', description: 'Invalid Crumb' } } },
  401,
);

/** Each request gets the next reply, the last one is repeated. */
function inTurn(...replies: readonly Reply[]): Reply {
  let next = 0;
  return (response, request) => {
    const reply = replies[Math.min(next, replies.length - 1)];
    next += 1;
    reply?.(response, request);
  };
}

const paths = ({ seen }: { readonly seen: readonly { readonly url: string }[] }) =>
  seen.map(({ url }) => url.split('?')[0]);
const session = ['/quote/AAPL', '/v1/test/getcrumb'];
const summary = '/v10/finance/quoteSummary/AAPL';

describe('key statistics', () => {
  test('are read with cookie and crumb, values unwrapped', async () => {
    const cookies: (string | undefined)[] = [];
    const answer = summaryOf({
      defaultKeyStatistics: { beta: { raw: 1.2, fmt: '1.20' }, pegRatio: {}, lastSplitFactor: '4:1' },
      summaryDetail: { volume: 0, tradeable: false, fromCurrency: null, trailingPE: 'Infinity', list: [1] },
    });
    const { yahoo, server } = await yahooAnswering(
      routes({
        ...sessionRoutes,
        '/v10/': (response, request) => {
          cookies.push(response.req.headers.cookie);
          answer(response, request);
        },
      }),
    );
    expect(await yahoo.keyStatistics('AAPL')).toMatchObject({
      requests: 3,
      modules: {
        defaultKeyStatistics: { beta: 1.2, pegRatio: null, lastSplitFactor: '4:1' },
        financialData: {},
        summaryDetail: { volume: 0, fromCurrency: null, trailingPE: 'Infinity' },
      },
    });
    expect(cookies).toEqual([`A3=${cookie}`]);
    const asked = new URL(server.seen[2]?.url ?? '', server.url).searchParams;
    expect(asked.get('crumb')).toBe(crumb);
    expect(asked.get('modules')).toBe('defaultKeyStatistics,financialData,summaryDetail');
  });

  test('one session serves many', async () => {
    const { yahoo, server } = await yahooAnswering(routes({ ...sessionRoutes, '/v10/': summaryOf({}) }));
    await yahoo.keyStatistics('AAPL');
    expect(await yahoo.keyStatistics('AAPL')).toMatchObject({ requests: 1 });
    expect(paths(server)).toEqual([...session, summary, summary]);
  });
});

test('of many that wait for one session each has a patience of its own', async () => {
  const server = await startLocalServer(routes({ ...sessionRoutes, '/v10/': summaryOf({}) }));
  const beforeRequest = async ({ patienceMs }: { readonly patienceMs?: number }) => {
    await Promise.resolve();
    if (patienceMs !== undefined) throw new Error(`the next slot is further off than ${patienceMs} ms`);
  };
  const yahoo = yahooAt(server, { beforeRequest });
  const impatient = [1, 2, 3].map((patienceMs) => yahoo.keyStatistics('KO', { patienceMs }));
  const patient = yahoo.keyStatistics('AAPL');
  const ends = await Promise.allSettled(impatient);
  expect(ends.map((end) => end.status === 'rejected' && String(end.reason))).toEqual(
    [1, 2, 3].map((ms) => `Error: the next slot is further off than ${ms} ms`),
  );
  expect(await patient).toMatchObject({ modules: {} });
});

describe('a session that is refused', () => {
  test('is renewed once, and the answer is then as good', async () => {
    const { yahoo, server } = await yahooAnswering(
      routes({ ...sessionRoutes, '/v10/': inTurn(invalidCrumb, summaryOf({})) }),
    );
    expect(await yahoo.keyStatistics('AAPL')).toMatchObject({ requests: 6 });
    expect(paths(server)).toEqual([...session, summary, ...session, summary]);
  });

  test('is a passing error when the fresh one is refused too', async () => {
    const { yahoo, server } = await yahooAnswering(routes({ ...sessionRoutes, '/v10/': invalidCrumb }));
    await expect(yahoo.keyStatistics('AAPL')).rejects.toMatchObject({
      name: 'ProviderUnavailable',
      passing: true,
      message: 'the provider refuses a fresh session too',
    });
    expect(paths(server)).toEqual([...session, summary, ...session, summary]);
  });

  test('is renewed for bars too', async () => {
    const { yahoo } = await yahooAnswering(inTurn(invalidCrumb, chart([{ session: '2024-01-02' }])));
    expect(await yahoo.series('AAPL', daily)).toMatchObject({ requests: 2, bars: [{ open: 10 }] });
  });

  test('is renewed once for all that used it', async () => {
    const { yahoo, server } = await yahooAnswering(
      routes({
        ...sessionRoutes,
        '/v10/': (response, request) =>
          (server.seen.filter(({ url }) => url.startsWith('/quote')).length < 2
            ? invalidCrumb
            : summaryOf({}))(response, request),
      }),
    );
    await Promise.all(['AAPL', 'MSFT', 'KO'].map((symbol) => yahoo.keyStatistics(symbol)));
    expect(paths(server).filter((path) => path === '/v1/test/getcrumb')).toHaveLength(2);
  });

  test.each([
    ['a page', '<html>'],
    ['JSON', '{"error":1}'],
    ['nothing', ''],
  ])('%s in place of a crumb is renewed once', async (_, body) => {
    const { yahoo, server } = await yahooAnswering(
      routes({ ...sessionRoutes, '/v1/test/getcrumb': text(body), '/v10/': summaryOf({}) }),
    );
    await expect(yahoo.keyStatistics('AAPL')).rejects.toMatchObject({ name: 'ProviderUnavailable' });
    expect(paths(server)).toEqual([...session, ...session]);
  });

  test('a crumb that says "Too Many Requests" is RateLimited, and asked for no second time', async () => {
    const { yahoo, server } = await yahooAnswering(
      routes({ ...sessionRoutes, '/v1/test/getcrumb': text('Too Many Requests\r\n') }),
    );
    await expect(yahoo.keyStatistics('AAPL')).rejects.toMatchObject({
      name: 'RateLimited',
      retryAfterMs: null,
    });
    expect(paths(server)).toEqual(session);
  });
});

describe('hosts', () => {
  test('a redirect to another one is not followed', async () => {
    const elsewhere = await startLocalServer(text('caught'));
    const { yahoo } = await yahooAnswering(
      routes({
        '/quote/AAPL': text('', 307, {
          location: `${elsewhere.url}/guce.yahoo/consent`,
          'set-cookie': 'A=1; Domain=.yahoo.com; Path=/; Secure',
        }),
      }),
    );
    await expect(yahoo.keyStatistics('AAPL')).rejects.toMatchObject({
      name: 'ProviderUnavailable',
      message: 'a redirect leads to a host that is not the provider’s',
    });
    expect(elsewhere.seen).toHaveLength(0);
  });

  test.each([null, 'https://query2.finance.yahoo.com'])('%s stands for Yahoo’s own', async (baseUrl) => {
    const asked: string[] = [];
    const fetch = (url: string | URL | Request) => {
      asked.push(url instanceof URL ? (url.href.split('?')[0] ?? '') : '');
      return Promise.resolve(Response.json({ timeseries: { result: [], error: null } }));
    };
    const yahoo = yahooAt({ url: '' }, { baseUrl, fetch });
    await yahoo.fundamentals('AAPL');
    await yahoo.series('AAPL', daily).catch(() => undefined);
    expect(new Set(asked)).toEqual(
      new Set([
        'https://query1.finance.yahoo.com/ws/fundamentals-timeseries/v1/finance/timeseries/AAPL',
        'https://query2.finance.yahoo.com/v8/finance/chart/AAPL',
      ]),
    );
  });

  test('a base address may have a path', async () => {
    const server = await startLocalServer(chart([{ session: '2024-01-02' }]));
    await yahooAt({ url: `${server.url}/yahoo/` }).series('AAPL', daily);
    expect(paths(server)).toEqual(['/yahoo/v8/finance/chart/AAPL']);
  });
});

describe('cookie and crumb', () => {
  const methods = ['log', 'info', 'warn', 'error', 'debug', 'dir'] as const;
  const spies = () => methods.map((method) => vi.spyOn(console, method).mockReturnValue(undefined));
  let consoles: ReturnType<typeof spies> = [];
  beforeEach(() => {
    consoles = spies();
  });
  afterEach(() => vi.restoreAllMocks());

  test.each([200, 302, 400, 401, 403, 404, 422, 429, 500])(
    'are in no error and on no console, though the server repeats them with a %d',
    async (status) => {
      const repeat: Reply = (response, { url }) => {
        const said = `${url} ${decodeURIComponent(url)} ${response.req.headers.cookie ?? ''}`;
        const error = { code: said, description: said };
        const body =
          status === 200 ? { quoteSummary: { result: [{ financialData: said }] } } : { finance: { error } };
        json(body, status, { location: encodeURI(`/${said}`) })(response, { url, authorization: undefined });
      };
      const { yahoo, server } = await yahooAnswering(routes({ ...sessionRoutes, '/v10/': repeat }));
      const said = everythingIn(await failureOf(yahoo.keyStatistics('AAPL')));
      expect(server.seen.some(({ url }) => url.includes('crumb='))).toBe(true);
      for (const secret of [crumb, encodeURIComponent(crumb), cookie]) expect(said).not.toContain(secret);
      expect(consoles.flatMap(({ mock }) => mock.calls)).toEqual([]);
    },
  );

  test('are in no error when the way to them fails', async () => {
    for (const path of ['/quote/AAPL', '/v1/test/getcrumb']) {
      const { yahoo } = await yahooAnswering(
        routes({ ...sessionRoutes, [path]: text(`<html>${crumb} ${cookie}`, 500) }),
      );
      const said = everythingIn(await failureOf(yahoo.keyStatistics('AAPL')));
      for (const secret of [crumb, cookie]) expect(said).not.toContain(secret);
    }
    expect(consoles.flatMap(({ mock }) => mock.calls)).toEqual([]);
  });

  test('what the library would print of a value without a period is not printed', async () => {
    const meta = { symbol: ['AAPL'], type: ['annualEBITDA'] };
    const values = [{ asOfDate: '2023-09-30', currencyCode: 'USD', reportedValue: { raw: 5 } }];
    const element = { meta, timestamp: [1696032000], annualEBITDA: values };
    const { yahoo } = await yahooAnswering((response, request) => {
      const isAsked = request.url.includes('annualEBITDA');
      json({ timeseries: { result: isAsked ? [element] : [], error: null } })(response, request);
    });
    const { statements } = await yahoo.fundamentals('AAPL');
    expect(statements).toMatchObject([{ statement: 'financials', values: { EBITDA: 5 } }]);
    expect(consoles.flatMap(({ mock }) => mock.calls)).toEqual([]);
  });
});

describe('fundamentals', () => {
  test.each([
    ['another symbol', { symbol: ['MSFT'], type: ['annualEBITDA'] }],
    ['another frequency', { symbol: ['AAPL'], type: ['weeklyEBITDA'] }],
  ])('of %s are MalformedResponse', async (_, meta) => {
    const { yahoo } = await yahooAnswering(json({ timeseries: { result: [{ meta }], error: null } }));
    await expect(yahoo.fundamentals('AAPL')).rejects.toMatchObject({ name: 'MalformedResponse' });
  });

  test('in two currencies are two statements', async () => {
    const value = (currencyCode: string) => [
      { asOfDate: '2023-09-30', periodType: '12M', currencyCode, reportedValue: { raw: 5 } },
    ];
    const of = (type: string, currencyCode: string) => ({
      meta: { symbol: ['AAPL'], type: [type] },
      timestamp: [1696032000],
      [type]: value(currencyCode),
    });
    const result = [of('annualEBITDA', 'USD'), of('annualEBIT', 'EUR')];
    const { yahoo } = await yahooAnswering((response, request) => {
      const isAsked = request.url.includes('annualEBITDA');
      json({ timeseries: { result: isAsked ? result : [], error: null } })(response, request);
    });
    const { statements } = await yahoo.fundamentals('AAPL');
    expect(statements.map(({ currency, values }) => [currency, values])).toEqual([
      ['EUR', { EBIT: 5 }],
      ['USD', { EBITDA: 5 }],
    ]);
  });
});

describe.skipIf(!hasFixtures)(`consent (${absence})`, () => {
  const consent: Readonly<Record<string, string>> = {
    'GET /quote/AAPL': 'getCrumb-quote-AAPL.json',
    'GET /consent': 'getCrumb-quote-AAPL-consent.html.json',
    'GET /v2/collectConsent': 'getCrumb-quote-AAPL-collectConsent.html.json',
    'POST /v2/collectConsent': 'getCrumb-quote-AAPL-collectConsentSubmit.json',
    'GET /copyConsent': 'getCrumb-quote-AAPL-copyConsent.json',
    'GET /quote/AAPL?guccounter=1': 'getCrumb-quote-AAPL-consent-final-redirect.html.json',
    'GET /v1/test/getcrumb': 'getCrumb-getcrumb.json',
  };

  test.each(['getCrumb-quote-AAPL.json', 'v2__getCrumb-quote-AAPL-pre-consent-VPN-UK.json'])(
    'is given on the way to a session, from %s on',
    async (first) => {
      const walked: string[] = [];
      const replies: Readonly<Record<string, string>> = { ...consent, 'GET /quote/AAPL': first };
      const { yahoo } = await yahooAnswering((response, request) => {
        const { method = '' } = response.req;
        const path = request.url.split('?')[0] ?? '';
        walked.push(`${method} ${path}`);
        const file = replies[`${method} ${request.url}`] ?? replies[`${method} ${path}`];
        if (file === undefined) summaryOf({ financialData: { beta: 1 } })(response, request);
        else recorded(file)(response, request);
      });
      expect(await yahoo.keyStatistics('AAPL')).toMatchObject({
        requests: 8,
        modules: { financialData: { beta: 1 } },
      });
      expect(walked).toEqual([
        'GET /quote/AAPL',
        'GET /consent',
        'GET /v2/collectConsent',
        'POST /v2/collectConsent',
        'GET /copyConsent',
        'GET /quote/AAPL',
        'GET /v1/test/getcrumb',
        'GET /v10/finance/quoteSummary/AAPL',
      ]);
    },
  );
});
