import { describe, expect, test } from 'vitest';
import YahooFinance from 'yahoo-finance2';
import { ExtendedCookieJar } from 'yahoo-finance2/lib/cookieJar';
import { hasFixtures, readFixture } from '../../../support/fixtures.ts';
import { runningMarket, source } from '../../../support/running-market.ts';

const summary = '/v10/finance/quoteSummary/AAPL?modules=defaultKeyStatistics,financialData,summaryDetail';
const timeseries = '/ws/fundamentals-timeseries/v1/finance/timeseries';
const cookie = 'A3=x';

interface SummaryBody {
  readonly quoteSummary: {
    readonly result: readonly Readonly<Record<string, Readonly<Record<string, unknown>>>>[];
  };
}
interface TimeseriesBody {
  readonly timeseries: {
    readonly result: readonly (Readonly<Record<string, unknown>> & {
      readonly timestamp?: readonly number[];
    })[];
  };
}

async function marketWithCrumb() {
  const market = await runningMarket();
  const ask = (path: string, headers: Record<string, string> = { cookie }) =>
    market.request(path, { headers });
  const crumb = encodeURIComponent(await (await ask('/v1/test/getcrumb')).text());
  const summaryOf = async (path: string) =>
    (await (await ask(`${path}&crumb=${crumb}`)).json()) as SummaryBody;
  return { ...market, ask, crumb, summaryOf };
}

describe('the crumb', () => {
  test('comes with the cookie of a page only', async () => {
    const { request, ask } = await marketWithCrumb();
    const page = await request('/quote/AAPL', { headers: {} });
    expect(page.headers.get('set-cookie')).toMatch(/^A3=.*Domain=\.yahoo\.com/);
    expect((await ask('/v1/test/getcrumb', {})).status).toBe(401);
    const given = await ask('/v1/test/getcrumb');
    expect(given.headers.get('content-type')).toBe('text/plain;charset=utf-8');
    expect(await given.text()).toMatch(/^\S{11}$/);
  });

  test.each([
    ['none', '', { cookie }],
    ['another one', '&crumb=other', { cookie }],
    ['no cookie', null, {}],
  ])('%s: 401', async (_, query, headers) => {
    const { ask, crumb } = await marketWithCrumb();
    const refused = await ask(summary + (query ?? `&crumb=${crumb}`), headers);
    expect(refused.status).toBe(401);
    expect(await refused.json()).toEqual({
      finance: { result: null, error: { code: 'Unauthorized', description: 'Invalid Crumb' } },
    });
  });
});

describe('key statistics', () => {
  test('are numbers with their text, or bare ones', async () => {
    const { summaryOf } = await marketWithCrumb();
    const [texts] = (await summaryOf(summary)).quoteSummary.result;
    const [bare] = (await summaryOf(`${summary}&formatted=false`)).quoteSummary.result;
    expect(texts?.['summaryDetail']?.['marketCap']).toEqual({
      raw: bare?.['summaryDetail']?.['marketCap'],
      fmt: expect.stringMatching(/^\d+\.\d\d[MBT]$/) as string,
    });
    expect(texts?.['defaultKeyStatistics']).toMatchObject({
      maxAge: 1,
      category: {},
      lastSplitFactor: '4:1',
      lastSplitDate: { raw: 1598832000, fmt: '2020-08-31' },
    });
    expect(bare?.['defaultKeyStatistics']).toMatchObject({ category: null, lastSplitDate: 1598832000 });
    const [bar] = source.bars('AAPL', { from: '2024-07-10', to: '2024-07-10' });
    expect(bare?.['financialData']).toMatchObject({ currentPrice: bar?.close, financialCurrency: 'USD' });
  });

  test('of some companies a true zero is among them', async () => {
    const { summaryOf } = await marketWithCrumb();
    const debts = [];
    for (const symbol of [
      'MSFT',
      'JPM',
      'V',
      'JNJ',
      'WMT',
      'PG',
      'XOM',
      'IBM',
      'AMD',
      'KO',
      'DIS',
      'BAC',
      'T',
    ]) {
      const path = `/v10/finance/quoteSummary/${symbol}?modules=financialData&formatted=false`;
      debts.push((await summaryOf(path)).quoteSummary.result[0]?.['financialData']?.['totalDebt']);
    }
    expect(debts).toContain(0);
    expect(debts.filter((debt) => debt === 0).length).toBeLessThan(debts.length / 2);
  });

  test.each([
    ['NOSUCH', 'Quote not found for ticker symbol: NOSUCH'],
    ['SPY', 'No fundamentals data found for any of the summaryTypes=financialData'],
  ])('of %s are not found', async (symbol, description) => {
    const { ask, crumb } = await marketWithCrumb();
    const path = `/v10/finance/quoteSummary/${symbol}?modules=financialData&crumb=${crumb}`;
    const response = await ask(path);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      quoteSummary: { result: null, error: { code: 'Not Found', description } },
    });
  });

  test.skipIf(!hasFixtures).each(['defaultKeyStatistics', 'financialData', 'summaryDetail'])(
    '%s has fields of the recording, of the same types (skipped where ../shared/fixtures is absent)',
    async (module) => {
      const { summaryOf } = await marketWithCrumb();
      const text = readFixture(`yahoo/quoteSummary-${module}-AAPL.json`);
      const recorded = (JSON.parse(text) as { response: { bodyJson: SummaryBody } }).response.bodyJson;
      const served = await summaryOf(`${summary}&formatted=false`);
      const expected = recorded.quoteSummary.result[0]?.[module] ?? {};
      const fields = Object.entries(served.quoteSummary.result[0]?.[module] ?? {});
      expect(fields.length).toBeGreaterThan(20);
      for (const [name, value] of fields) expect(typeof value, name).toBe(typeof expected[name]);
    },
  );
});

describe('fundamentals', () => {
  const period = 'period1=1640995200&period2=1735689600';
  const types = 'annualTotalRevenue,annualProperties,quarterlyTotalRevenue,trailingNetIncome';

  test('have one result a type, with what is reported within the period', async () => {
    const { get } = await runningMarket();
    const { timeseries: body } = await get<TimeseriesBody>(`${timeseries}/AAPL?${period}&type=${types}`);
    expect(body.result.map(({ timestamp }) => timestamp?.length)).toEqual([2, 2, 9, 1]);
    expect(body.result[1]?.['annualProperties']).toMatchObject([
      {
        asOfDate: '2022-12-31',
        periodType: '12M',
        currencyCode: 'USD',
        reportedValue: { raw: 0, fmt: '0.00' },
      },
      { asOfDate: '2023-12-31' },
    ]);
    expect(body.result[3]?.['trailingNetIncome']).toMatchObject([
      { asOfDate: '2024-03-31', periodType: 'TTM' },
    ]);
  });

  test.each(['SPY', 'NOSUCH'])('of %s have no figures, which is no error', async (symbol) => {
    const { get } = await runningMarket();
    const body = await get<TimeseriesBody>(`${timeseries}/${symbol}?${period}&type=annualTotalRevenue`);
    expect(body.timeseries.result).toEqual([{ meta: { symbol: [symbol], type: ['annualTotalRevenue'] } }]);
  });

  test.skipIf(!hasFixtures)(
    'have the fields of the recording (skipped where ../shared/fixtures is absent)',
    async () => {
      const { get } = await runningMarket();
      const text = readFixture('yahoo/fundamentalsTimeSeries-AAPL-balance-sheet-annual.json');
      const recorded = (JSON.parse(text) as { response: { bodyJson: TimeseriesBody } }).response.bodyJson;
      const served = await get<TimeseriesBody>(`${timeseries}/AAPL?${period}&type=annualProperties`);
      const [mine] = served.timeseries.result;
      const theirs = recorded.timeseries.result.find((one) => 'annualProperties' in one);
      expect(Object.keys(mine ?? {})).toEqual(Object.keys(theirs ?? {}));
      const [figure] = mine?.['annualProperties'] as readonly [object];
      const [recordedFigure] = theirs?.['annualProperties'] as readonly [object];
      expect(Object.keys(figure)).toEqual(Object.keys(recordedFigure));
      expect(figure).toMatchObject({ reportedValue: { raw: 0, fmt: '0.00' } });
    },
  );
});

describe('the library, with a fetch that leads to the market', () => {
  const libraryOn = (url: string) => {
    const quiet = () => undefined;
    return new YahooFinance({
      versionCheck: false,
      suppressNotices: ['yahooSurvey'],
      cookieJar: new ExtendedCookieJar(),
      logger: { info: quiet, warn: quiet, error: quiet, debug: quiet, dir: quiet },
      fetch: (input, init) => {
        const { pathname, search } = new URL(input instanceof Request ? input.url : input);
        return fetch(url + pathname + search, init);
      },
    });
  };

  test('reads charts, statistics and fundamentals, and accepts them as Yahoo’s', async () => {
    const { simulator } = await runningMarket();
    const library = libraryOn(simulator.url);
    const chart = await library.chart('AAPL', { period1: '2020-08-24', period2: '2020-09-05' });
    expect(chart.quotes).toHaveLength(10);
    expect(chart.events?.splits).toMatchObject([{ numerator: 4, denominator: 1, splitRatio: '4:1' }]);
    const { summaryDetail, defaultKeyStatistics } = await library.quoteSummary('AAPL', {
      modules: ['summaryDetail', 'defaultKeyStatistics', 'financialData'],
    });
    expect(summaryDetail?.currency).toBe('USD');
    expect(defaultKeyStatistics?.lastSplitFactor).toBe('4:1');
    const figures = await library.fundamentalsTimeSeries('AAPL', {
      period1: '2022-01-01',
      period2: '2024-12-31',
      type: 'quarterly',
      module: 'financials',
    });
    expect(figures).toHaveLength(9);
    const paths = simulator.requests().map(({ endpoint }) => endpoint);
    expect(paths).toEqual(['chart', 'quotePage', 'crumb', 'quoteSummary', 'timeseries']);
    expect(
      simulator.requests().every(({ status, hasAuthorization }) => status === 200 && !hasAuthorization),
    ).toBe(true);
    expect(JSON.stringify(simulator.requests())).toContain('crumb=REDACTED');
  });

  test('an unknown symbol is what it is at Yahoo', async () => {
    const { simulator } = await runningMarket();
    await expect(libraryOn(simulator.url).chart('NOSUCH', { period1: '2024-03-07' })).rejects.toThrow(
      'No data found, symbol may be delisted',
    );
  });
});
