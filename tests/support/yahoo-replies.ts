import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { exchangeInstant } from '../../src/domain/exchange-time.ts';
import { createYahooProvider, type YahooDeps } from '../../src/providers/yahoo/client.ts';
import { seriesInRows } from './answers-in-rows.ts';
import { clockAt } from './market-clocks.ts';
import { json, startLocalServer, text, type LocalServer, type Reply } from './local-server.ts';

/** The real client and the real library, paced by nothing, asking that server in place of Yahoo's hosts; bars are objects. */
export function yahooAt(server: Pick<LocalServer, 'url'>, deps: Partial<YahooDeps> = {}) {
  const provider = createYahooProvider({
    baseUrl: server.url,
    beforeRequest: () => Promise.resolve(),
    sessionsBetween,
    now: clockAt(server.url),
    ...deps,
  });
  return { ...provider, series: seriesInRows(provider) };
}

/** The real client in front of a server with these replies. */
export async function yahooAnswering(...replies: readonly Reply[]) {
  const server = await startLocalServer(...replies);
  return { server, yahoo: yahooAt(server) };
}

/** One reply for each path; the longest one that the request's path begins with answers. */
export function routes(replies: Readonly<Record<string, Reply>>): Reply {
  const prefixes = Object.keys(replies).sort((a, b) => b.length - a.length);
  return (response, request) => {
    const prefix = prefixes.find((start) => request.url.startsWith(start));
    const reply = prefix === undefined ? undefined : replies[prefix];
    if (reply === undefined) response.writeHead(599).end();
    else reply(response, request);
  };
}

/** Must never be read in an error or on the console. */
export const crumb = 'canary.crumb/7f3b9e';
export const cookie = 'canary-cookie-51d0aa';

/** A session without consent: a cookie, then a crumb. */
export const sessionRoutes = {
  '/quote/AAPL': text('<html>', 200, {
    'set-cookie': `A3=${cookie}; Max-Age=31536000; Domain=.yahoo.com; Path=/; Secure`,
  }),
  '/v1/test/getcrumb': text(crumb),
};

export const summaryOf = (modules: unknown): Reply =>
  json({ quoteSummary: { result: [modules], error: null } });

/** One row of a chart; `at` in minutes after midnight in New York, 09:30 where it does not say. */
export interface Row {
  readonly session: string;
  readonly at?: number;
  readonly values?: Readonly<Record<string, number | null>>;
}

const usual = { open: 10, high: 12, low: 9, close: 11, volume: 1000 };
const columns = ['open', 'high', 'low', 'close', 'volume'] as const;

/** Epoch seconds of a wall-clock time in New York. */
export const secondsAt = (session: string, minutes = 570) => exchangeInstant(session, minutes) / 1000;

/** A chart as Yahoo sends it; `over` replaces fields of its meta or adds events. */
export function chartBody(
  rows: readonly Row[],
  { events, ...meta }: Readonly<Record<string, unknown>> = {},
): unknown {
  const filled = rows.map(({ values }) => ({ ...usual, ...values }));
  const quote = Object.fromEntries(columns.map((name) => [name, filled.map((values) => values[name])]));
  const whole = {
    meta: {
      currency: 'USD',
      symbol: 'AAPL',
      exchangeName: 'NMS',
      instrumentType: 'EQUITY',
      firstTradeDate: 345479400,
      regularMarketTime: secondsAt('2024-06-28', 960),
      gmtoffset: -14400,
      exchangeTimezoneName: 'America/New_York',
      dataGranularity: '1d',
      longName: 'Apple Inc.',
      ...meta,
    },
    timestamp: rows.map(({ session, at }) => secondsAt(session, at)),
    ...(events === undefined ? {} : { events }),
    indicators: { quote: [quote] },
  };
  return { chart: { result: [whole], error: null } };
}

export const chart = (...given: Parameters<typeof chartBody>): Reply => json(chartBody(...given));

/** The bar of a row without values of its own. */
export function bar(session: string, over: Readonly<Record<string, unknown>> = {}) {
  return { session, ...usual, vwap: null, trades: null, ...over };
}

const january = { from: '2024-01-01', to: '2024-01-31' };
export const daily = { interval: '1d', range: january } as const;
export const hourly = { interval: '1h', range: january } as const;
