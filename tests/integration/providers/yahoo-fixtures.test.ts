import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { untold } from '../../../src/domain/corporate-action.ts';
import type { YahooSeries } from '../../../src/providers/yahoo/answers.ts';
import { failureOf } from '../../support/failure.ts';
import { hasFixtures } from '../../support/fixtures.ts';
import { text } from '../../support/local-server.ts';
import { absence, readRecording, recorded, recordedFiles } from '../../support/yahoo-recordings.ts';
import { routes, sessionRoutes, yahooAnswering } from '../../support/yahoo-replies.ts';
import type { InRows } from '../../support/answers-in-rows.ts';

interface ChartCase {
  readonly symbol: string;
  readonly range: readonly [from: string, to: string];
  readonly interval?: '1h';
  /** What it ends in: an error class, or the number of bars with the first and the last session. */
  readonly ends: string | readonly [bars: number, first?: string, last?: string];
  readonly actions?: readonly string[];
  readonly nullRows?: number;
}

const newYear = ['2020-01-01', '2020-01-03'] as const;
const autumn = ['2020-08-31', '2020-11-06'] as const;
const appleAutumn = ['split 2020-08-31 4', 'cash_dividend 2020-11-06 0.205'];
const washTec = ['2023-08-04', '2023-08-08'] as const;

const chartFiles: Readonly<Record<string, ChartCase>> = {
  'chart-AAPL-2020-01-01-to-2020-01-03.json': {
    symbol: 'AAPL',
    range: newYear,
    ends: [1, '2020-01-02', '2020-01-02'],
  },
  'chart-AAPL-2020-08-31-to-2020-11-07.json': {
    symbol: 'AAPL',
    range: autumn,
    ends: [49, '2020-08-31', '2020-11-06'],
    actions: appleAutumn,
  },
  'v2__chart-AAPL-2020-08-31-to-2020-11-07.json': {
    symbol: 'AAPL',
    range: autumn,
    ends: [49, '2020-08-31', '2020-11-06'],
    actions: appleAutumn,
  },
  'chart-AAPL.json': {
    symbol: 'AAPL',
    range: ['2022-02-22', '2022-02-23'],
    ends: [1, '2022-02-22', '2022-02-22'],
  },
  // Minutes, of which none were asked for.
  'chart-AAPL-2025-02-01-to-2025-02-02-includePrePost-false-interval-1m.json': {
    symbol: 'AAPL',
    range: ['2025-02-01', '2025-02-02'],
    ends: 'MalformedResponse',
  },
  'v2__chart-AAPL-2024-10-02-to-2024-10-03-includePrePost-false-interval-1m.json': {
    symbol: 'AAPL',
    range: ['2024-10-02', '2024-10-03'],
    ends: 'MalformedResponse',
  },
  // The last row is the live one, stamped 16:00:01.
  'rs__history_chart_AAPL.json': {
    symbol: 'AAPL',
    range: ['2025-04-30', '2025-10-29'],
    ends: [127, '2025-04-30', '2025-10-29'],
    actions: ['cash_dividend 2025-05-12 0.26', 'cash_dividend 2025-08-11 0.26'],
  },
  'v2__historicalv8-AAPL-2020-01-01-to-2021-01-04.json': {
    symbol: 'AAPL',
    range: ['2020-01-01', '2021-01-04'],
    ends: [253, '2020-01-02', '2020-12-31'],
    actions: [
      'cash_dividend 2020-02-07 0.1925',
      'cash_dividend 2020-05-08 0.205',
      'cash_dividend 2020-08-07 0.205',
      ...appleAutumn,
    ],
  },
  // Prices without moments, by hand.
  'chart-notimestamp-weird-quote.fake.json': { symbol: 'AAPL', range: newYear, ends: 'MalformedResponse' },
  'chart-TSLA-2025-01-01-to-2025-01-02-interval-1h.fake.json': {
    symbol: 'TSLA',
    range: ['2025-01-01', '2025-01-02'],
    interval: '1h',
    ends: [0],
  },
  'historical-via-chart-MSFT-dividends-2021-02-01-to-2022-01-31.csv.json': {
    symbol: 'MSFT',
    range: ['2021-02-01', '2022-01-31'],
    ends: [252, '2021-02-01', '2022-01-28'],
    actions: [
      'cash_dividend 2021-02-17 0.56',
      'cash_dividend 2021-05-19 0.56',
      'cash_dividend 2021-08-18 0.56',
      'cash_dividend 2021-11-17 0.62',
    ],
  },
  'historical-via-chart-NVDA-split-2021-02-01-to-2022-01-31.csv.json': {
    symbol: 'NVDA',
    range: ['2021-02-01', '2022-01-31'],
    ends: [252, '2021-02-01', '2022-01-28'],
    actions: ['split 2021-07-20 4'],
  },
  // Listed after the range: known, and nothing there.
  'v2__chart-BEKE-2020-01-01-to-2020-01-03.json': { symbol: 'BEKE', range: newYear, ends: [0] },
  'v2__chart-^VXAPL-2020-01-01-to-2020-01-03.json': { symbol: '^VXAPL', range: newYear, ends: [0] },
  'v2__historical-via-chart-SI-2020-01-01-to-2020-01-03.json': {
    symbol: 'SI',
    range: newYear,
    ends: 'SymbolNotFound',
  },
  'chart-WSU.DE-2023-08-04-to-2023-08-09.json': {
    symbol: 'WSU.DE',
    range: washTec,
    ends: [3, '2023-08-04', '2023-08-08'],
  },
  'v2__chart-WSU.DE-2023-08-04-to-2023-08-09.json': {
    symbol: 'WSU.DE',
    range: washTec,
    ends: [2, '2023-08-04', '2023-08-08'],
    nullRows: 1,
  },
  'chart-OCDO.L-2020-01-01-to-2020-01-03.json': {
    symbol: 'OCDO.L',
    range: newYear,
    ends: [1, '2020-01-02', '2020-01-02'],
  },
  // Nothing but closes.
  'pp__response_yahoo_historical01.json': {
    symbol: 'MUV2.DE',
    range: ['2017-11-01', '2018-05-31'],
    ends: 'MalformedResponse',
  },
  // No stocks: their days are those of their own time zones.
  'chart-BTC-USD-2020-01-01-to-2020-01-03.json': {
    symbol: 'BTC-USD',
    range: newYear,
    ends: [3, '2020-01-01', '2020-01-03'],
  },
  'v2__historicalv8-BTC-USD-2020-01-01-to-2021-01-04.json': {
    symbol: 'BTC-USD',
    range: ['2020-01-01', '2021-01-04'],
    ends: [366, '2020-01-01', '2021-01-04'],
    nullRows: 4,
  },
  'chart-EURUSD=X-2020-01-01-to-2020-01-03.json': {
    symbol: 'EURUSD=X',
    range: newYear,
    ends: [3, '2020-01-01', '2020-01-03'],
  },
  'chart-GC=F-2020-01-01-to-2020-01-03.json': {
    symbol: 'GC=F',
    range: newYear,
    ends: [1, '2020-01-02', '2020-01-02'],
  },
  // Quarters in answer to a request for days.
  'rs__history_chart_VFINX.json': {
    symbol: 'VFINX',
    range: ['1985-01-01', '2025-10-29'],
    ends: 'MalformedResponse',
  },
};

type Counts = readonly [defaultKeyStatistics: number, financialData: number, summaryDetail: number];

/** Values by module; none at all where Yahoo has no fundamentals of that kind. */
const statisticsFiles: Readonly<Record<string, { readonly symbol: string; readonly ends: string | Counts }>> =
  {
    'quoteSummary-defaultKeyStatistics-AAPL.json': { symbol: 'AAPL', ends: [40, 0, 0] },
    'quoteSummary-defaultKeyStatistics-GOOG.json': { symbol: 'GOOG', ends: [39, 0, 0] },
    'quoteSummary-financialData-AAPL.json': { symbol: 'AAPL', ends: [0, 30, 0] },
    'quoteSummary-financialData-GOOG.json': { symbol: 'GOOG', ends: [0, 30, 0] },
    'quoteSummary-summaryDetail-AAPL.json': { symbol: 'AAPL', ends: [0, 0, 41] },
    'quoteSummary-summaryDetail-BTC-USD.json': { symbol: 'BTC-USD', ends: [0, 0, 30] },
    'quoteSummary-summaryDetail-GOOG.json': { symbol: 'GOOG', ends: [0, 0, 40] },
    'quoteSummary-defaultKeyStatistics-GC=F.json': { symbol: 'GC=F', ends: [0, 0, 0] },
    'quoteSummary-summaryDetail-ADH.json': { symbol: 'ADH', ends: [0, 0, 0] },
    'v2__quoteSummary-financialData-QQQ.json': { symbol: 'QQQ', ends: [0, 0, 0] },
    // Recorded for symbols that are refused here before any request: "QQQ," and nothing.
    'v2__quoteSummary-assetProfile-QQQ,.json': { symbol: 'QQQ', ends: 'SymbolNotFound' },
    'v1-2021__quoteSummary-assetProfile-.json': { symbol: 'QQQ', ends: 'RequestRefused' },
  };

interface StatementsCase {
  readonly symbol: string;
  /** The first type that is asked for with what the recording answers. */
  readonly type: string;
  readonly ends: readonly string[];
}

const statementFiles: Readonly<Record<string, StatementsCase>> = {
  'fundamentalsTimeSeries-AAPL-balance-sheet-annual.json': {
    symbol: 'AAPL',
    type: 'annualNetDebt',
    ends: [
      'balance_sheet annual 2022-09-30 67',
      'balance_sheet annual 2023-09-30 67',
      'balance_sheet annual 2024-09-30 62',
    ],
  },
  'fundamentalsTimeSeries-AAPL-cash-flow-annual.json': {
    symbol: 'AAPL',
    type: 'annualForeignSales',
    ends: [
      'cash_flow annual 2022-09-30 51',
      'cash_flow annual 2023-09-30 46',
      'cash_flow annual 2024-09-30 45',
    ],
  },
  'fundamentalsTimeSeries-AAPL-financials-quarterly.json': {
    symbol: 'AAPL',
    type: 'quarterlyTotalRevenue',
    ends: [
      'financials quarterly 2024-03-31 33',
      'financials quarterly 2024-06-30 33',
      'financials quarterly 2024-09-30 33',
      'financials quarterly 2024-12-31 33',
    ],
  },
  'rs__timeseries_income_statement_annual_AAPL.json': {
    symbol: 'AAPL',
    type: 'annualTotalRevenue',
    ends: [
      'financials annual 2021-09-30 4',
      'financials annual 2022-09-30 4',
      'financials annual 2023-09-30 4',
      'financials annual 2024-09-30 4',
    ],
  },
  'fundamentalsTimeSeries-EURUSD=X-financials-quarterly.json': {
    symbol: 'EURUSD=X',
    type: 'quarterlyTotalRevenue',
    ends: [],
  },
};

/** The way to a session; `yahoo-session.test.ts` walks it. */
const sessionFiles = [
  'getCrumb-getcrumb.json',
  'getCrumb-quote-AAPL-collectConsent.html.json',
  'getCrumb-quote-AAPL-collectConsentSubmit.json',
  'getCrumb-quote-AAPL-consent-final-redirect.html.json',
  'getCrumb-quote-AAPL-consent.html.json',
  'getCrumb-quote-AAPL-copyConsent.json',
  'getCrumb-quote-AAPL.json',
  'v2__getCrumb-quote-AAPL-pre-consent-VPN-UK.json',
];

const quotedFiles = ['reported-error-bodies.json'];

/** Endpoints, or modules of one, that we do not use. */
const notUsed = [
  'quote-AAPL-BABA.json',
  'quote-AAPL.json',
  'quote-AAPL220121C00025000.json',
  'quote-ADH.json',
  'quote-BTC-USD.json',
  'quote-EURUSD=X.json',
  'quote-GOOG.json',
  'quote-OCDO.L.json',
  'quote-SIX.json',
  'quote-TSLA-fields-symbol-shortName.json',
  'quoteSummary-assetProfile-AAPL.json',
  'quoteSummary-calendarEvents-AAPL.json',
  'quoteSummary-earnings-AAPL.json',
  'quoteSummary-price-AAPL.json',
  'rs__fundamentals_api_earnings_AMZN.json',
  'rs__quote_v7_AAPL-MSFT.json',
  'rs__quote_v7_GS2C.json',
  'rs__search_v1_apple.json',
  'search-AAPL.json',
  'search-BJ0CDD2.json',
  'search-NO0010123060.json',
  'v2__quote-AAPL-10am.json',
  'v2__quoteCombine-AAPL-NONEXIST.json',
  'v2__quoteCombine-NONEXIST.json',
  'v2__search-noOpts.json',
];

async function replay(file: string): Promise<InRows<YahooSeries>> {
  const { symbol, range, interval = '1d' } = chartFiles[file] ?? { symbol: '', range: ['', ''] };
  const { yahoo } = await yahooAnswering(recorded(file));
  return yahoo.series(symbol, { interval, range: { from: range[0], to: range[1] } });
}

const nameOf = async (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof Error ? error.name : error),
  );

describe.skipIf(!hasFixtures)(`the recordings of Yahoo (${absence})`, () => {
  test('every file has its outcome here', () => {
    const listed = [chartFiles, statisticsFiles, statementFiles].flatMap((files) => Object.keys(files));
    const all = [...listed, ...sessionFiles, ...quotedFiles, ...notUsed];
    expect(all.sort()).toEqual([...recordedFiles()].sort());
  });

  test.each(Object.entries(chartFiles))('%s', async (file, { symbol, ends, actions = [], nullRows = 0 }) => {
    if (typeof ends === 'string') {
      expect(await nameOf(replay(file))).toBe(ends);
      return;
    }
    const answer = await replay(file);
    expect([answer.bars.length, answer.bars[0]?.session, answer.bars.at(-1)?.session]).toEqual([
      ends[0],
      ends[1],
      ends[2],
    ]);
    expect(answer.actions.map((action) => `${action.kind} ${action.exDate} ${valueOf(action)}`)).toEqual(
      actions,
    );
    const leftOut = { nullRows, partlyNull: 0, offSession: 0, duplicates: 0, brokenEvents: 0 };
    expect(answer).toMatchObject({ symbol, requests: 1, conflicts: [], outside: 0, leftOut });
  });

  test.each(Object.entries(statisticsFiles))('%s', async (file, { symbol, ends }) => {
    const { yahoo } = await yahooAnswering(routes({ ...sessionRoutes, '/v10/': recorded(file) }));
    const asked = yahoo.keyStatistics(symbol);
    if (typeof ends === 'string') {
      expect(await nameOf(asked)).toBe(ends);
      return;
    }
    const { modules } = await asked;
    expect(Object.values(modules).map((values) => Object.keys(values).length)).toEqual(ends);
  });

  test.each(Object.entries(statementFiles))('%s', async (file, { symbol, type, ends }) => {
    const { statements, requests } = await fundamentalsOf(file, { symbol, type });
    expect(
      statements.map(
        ({ statement, frequency, periodEnd, values }) =>
          `${statement} ${frequency} ${periodEnd} ${Object.keys(values).length}`,
      ),
    ).toEqual(ends);
    expect(requests).toBe(9);
  });

  test('reported-error-bodies.json: each body becomes its error', async () => {
    const entries = z
      .array(z.object({ status: z.number(), body: z.string() }))
      .parse(readRecording('reported-error-bodies.json'));
    const names: string[] = [];
    for (const { status, body } of entries) {
      const { yahoo } = await yahooAnswering(text(body, status));
      const range = { from: '2024-01-01', to: '2024-01-31' };
      const failure = await failureOf(yahoo.series('AAPL', { interval: '1d', range }));
      names.push(`${status} ${failure instanceof Error ? failure.name : ''}`);
    }
    expect(names).toEqual([
      '401 ProviderUnavailable',
      '429 RateLimited',
      '429 RateLimited',
      '422 RequestRefused',
    ]);
  });
});

function valueOf({ ratio, amount }: YahooSeries['actions'][number]): string {
  return String(ratio ?? amount);
}

/** The recording where its first type is asked for, elsewhere an answer without any. */
async function fundamentalsOf(file: string, { symbol, type }: { symbol: string; type: string }) {
  const reply = recorded(file);
  const { yahoo } = await yahooAnswering((response, request) => {
    const asked = new URL(request.url, 'http://local').searchParams.get('type') ?? '';
    if (asked.split(',').includes(type)) reply(response, request);
    else response.end('{"timeseries":{"result":[],"error":null}}');
  });
  return yahoo.fundamentals(symbol);
}

describe.skipIf(!hasFixtures)(`what the recordings say (${absence})`, () => {
  test('the values of a row are restored from float32', async () => {
    const { bars } = await replay('chart-WSU.DE-2023-08-04-to-2023-08-09.json');
    expect(bars[0]).toEqual({
      session: '2023-08-04',
      open: 34.25,
      high: 34.55,
      low: 34.1,
      close: 34.45,
      volume: 1251,
      vwap: null,
      trades: null,
    });
  });

  test('WSU.DE: the row that was null in 2023 had values in 2025, and the others are the same', async () => {
    const earlier = await replay('v2__chart-WSU.DE-2023-08-04-to-2023-08-09.json');
    const later = await replay('chart-WSU.DE-2023-08-04-to-2023-08-09.json');
    const filledIn = later.bars.filter(({ session }) => session === '2023-08-07');
    expect(filledIn).toMatchObject([{ open: 34.8, high: 34.8, low: 34, close: 34, volume: 336 }]);
    expect(later.bars.filter(({ session }) => session !== '2023-08-07')).toEqual(earlier.bars);
    expect([earlier.observedAt, later.observedAt]).toEqual([
      '2023-09-04T08:53:16.000Z',
      '2025-02-20T11:47:41.000Z',
    ]);
  });

  // Of the recorded values only adjclose differs, which is no part of a bar.
  test('AAPL: the same sessions asked for in 2021 and in 2025 have the same bars on another basis', async () => {
    const earlier = await replay('v2__chart-AAPL-2020-08-31-to-2020-11-07.json');
    const later = await replay('chart-AAPL-2020-08-31-to-2020-11-07.json');
    expect(later.bars).toEqual(earlier.bars);
    expect([earlier.splitBasis, later.splitBasis]).toEqual(['2021-11-22', '2025-02-20']);
  });

  test('NVDA is in the shares of the day it was recorded, and the later split does not show', async () => {
    const { bars, splitBasis } = await replay(
      'historical-via-chart-NVDA-split-2021-02-01-to-2022-01-31.csv.json',
    );
    expect(bars[0]).toMatchObject({ session: '2021-02-01', close: 13.237 });
    expect(splitBasis).toBe('2025-02-22');
  });

  test('the live row is the bar of its session', async () => {
    const { bars } = await replay('rs__history_chart_AAPL.json');
    expect(bars.at(-1)).toMatchObject({ session: '2025-10-29', close: 269.7, volume: 43332154 });
  });

  test('an action says what it counts in', async () => {
    const { actions } = await replay('chart-AAPL-2020-08-31-to-2020-11-07.json');
    expect(actions).toEqual([
      { ...untold, kind: 'split', exDate: '2020-08-31', ratio: 4 },
      {
        ...untold,
        kind: 'cash_dividend',
        exDate: '2020-11-06',
        amount: 0.205,
        currency: 'USD',
        dividendType: 'regular',
        amountBasis: '2025-02-20',
      },
    ]);
  });

  test.each([
    ['chart-AAPL.json', 'AAPL', 'Apple Inc.', 'CS', 'XNAS', 'USD', '1980-12-12'],
    ['rs__history_chart_VFINX.json', 'VFINX', 'Vanguard 500 Index Fund', 'FUND', 'XNAS', 'USD', '1980-01-02'],
    [
      'chart-OCDO.L-2020-01-01-to-2020-01-03.json',
      'OCDO.L',
      'Ocado Group plc',
      'CS',
      null,
      null,
      '2010-07-21',
    ],
    ['v2__chart-^VXAPL-2020-01-01-to-2020-01-03.json', '^VXAPL', null, 'INDEX', null, 'USD', null],
  ])('%s describes its instrument', async (file, symbol, name, type, exchange, currency, listedOn) => {
    const { yahoo } = await yahooAnswering(recorded(file));
    const blank = { figi: null, cik: null, active: true, delistedOn: null };
    expect(await yahoo.lookUp(symbol)).toEqual({
      ...blank,
      symbol,
      name,
      type,
      exchange,
      currency,
      listedOn,
    });
  });

  test.each([
    ['v2__historical-via-chart-SI-2020-01-01-to-2020-01-03.json', 'SI'],
    ['v2__chart-BEKE-2020-01-01-to-2020-01-03.json', 'BEKE'],
  ])('%s knows no instrument', async (file, symbol) => {
    const { yahoo } = await yahooAnswering(recorded(file));
    expect(await yahoo.lookUp(symbol)).toBeNull();
  });

  test('a value of 0 is a value', async () => {
    const file = 'fundamentalsTimeSeries-AAPL-balance-sheet-annual.json';
    const { statements } = await fundamentalsOf(file, { symbol: 'AAPL', type: 'annualNetDebt' });
    expect(statements).toMatchObject([
      { periodEnd: '2022-09-30', currency: 'USD', values: { properties: 0 } },
      { periodEnd: '2023-09-30', currency: 'USD', values: { properties: 0, treasurySharesNumber: 0 } },
      { periodEnd: '2024-09-30', currency: 'USD', values: { properties: 0 } },
    ]);
  });
});
