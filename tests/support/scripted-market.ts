import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { exchangeInstant } from '../../src/domain/exchange-time.ts';
import { keepTimeOf } from './market-clocks.ts';

/** A daily row, as a provider would tell it; `extra` replaces or adds fields on the wire. */
export interface ScriptedRow {
  readonly d: string;
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v: number;
  readonly extra?: Readonly<Record<string, unknown>>;
}

type Fields = Readonly<Record<string, unknown>>;

/** An answer in place of what the model would say. */
export interface ScriptedReply {
  readonly status?: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What two providers say. All of it may be changed while it is served. */
export interface ScriptedMarket {
  /** The providers' clock, ISO 8601. */
  now: string;
  polygon: {
    tickers: readonly Fields[];
    bars: Readonly<Record<string, readonly ScriptedRow[]>>;
    splits: readonly Fields[];
    dividends: readonly Fields[];
  };
  /** By symbol as Yahoo writes it: the whole body of an answer. */
  charts: Readonly<Record<string, (url: URL) => unknown>>;
  /** Asked first; undefined: the model answers. */
  handle?: (
    path: string,
    url: URL,
    host: string,
  ) => ScriptedReply | undefined | Promise<ScriptedReply | undefined>;
}

export interface MarketServer {
  readonly url: string;
  /** Path and query of every request, in the order of arrival. */
  readonly log: string[];
  close(): Promise<void>;
}

/** Serves what is the scripted market at the moment, in place of both providers. */
export async function serveMarket(current: () => ScriptedMarket): Promise<MarketServer> {
  const log: string[] = [];
  const server = createServer((request, response) => {
    log.push(request.url ?? '');
    void answer(current(), request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  keepTimeOf(url, () => new Date(current().now));
  return {
    url,
    log,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  market: ScriptedMarket,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const host = `http://${request.headers.host ?? ''}`;
  const url = new URL(request.url ?? '/', host);
  const path = decodeURIComponent(url.pathname);
  const reply = (await market.handle?.(path, url, host)) ?? replyOf(market, path, url, host);
  const { status = 200, body, headers = {} } = reply;
  const isText = typeof body === 'string';
  response.writeHead(status, {
    'content-type': isText ? 'text/html' : 'application/json',
    date: new Date(market.now).toUTCString(),
    ...headers,
  });
  response.end(isText ? body : JSON.stringify(body));
}

const notFound: ScriptedReply = {
  status: 404,
  body: { status: 'NOT_FOUND', request_id: 'r', message: 'no such endpoint' },
};

function replyOf(market: ScriptedMarket, path: string, url: URL, host: string): ScriptedReply {
  const [, symbol = '', from = '', to = ''] =
    /^\/v2\/aggs\/ticker\/([^/]+)\/range\/1\/day\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  if (symbol !== '') return seriesReply(market, symbol, { from, to });
  const day = /^\/v2\/aggs\/grouped\/locale\/us\/market\/stocks\/([^/]+)$/.exec(path)?.[1];
  if (day !== undefined) return marketDayReply(market, day);
  if (path === '/v3/reference/tickers') return tickersReply(market, url, host);
  const ticker = /^\/v3\/reference\/tickers\/([^/]+)$/.exec(path)?.[1];
  if (ticker !== undefined) return tickerReply(market, ticker);
  const { splits, dividends } = market.polygon;
  if (path.startsWith('/stocks/v1/splits')) return listReply(splits, 'execution_date', url);
  if (path.startsWith('/stocks/v1/dividends')) return listReply(dividends, 'ex_dividend_date', url);
  const written = /\/v8\/finance\/chart\/(.+)$/.exec(path)?.[1];
  if (written !== undefined) return chartReply(market, written, url);
  return path.includes('getcrumb') ? { body: 'abc.DEF1234' } : notFound;
}

function seriesReply(
  { polygon }: ScriptedMarket,
  symbol: string,
  range: { readonly from: string; readonly to: string },
): ScriptedReply {
  const rows = (polygon.bars[symbol] ?? []).filter(({ d }) => d >= range.from && d <= range.to);
  return {
    body: barsBody(
      rows.map((row) => polygonRow(row, exchangeInstant(row.d, 0))),
      { ticker: symbol },
    ),
  };
}

function marketDayReply({ polygon }: ScriptedMarket, day: string): ScriptedReply {
  const rows = Object.entries(polygon.bars).flatMap(([T, series]) =>
    series.filter(({ d }) => d === day).map((row) => ({ T, ...polygonRow(row, exchangeInstant(day, 960)) })),
  );
  return { body: barsBody(rows) };
}

/** A body of rows as Polygon sends it. */
export function barsBody(results: readonly unknown[], over: Fields = {}) {
  const counts = { queryCount: results.length, resultsCount: results.length, count: results.length };
  return { ...counts, adjusted: false, results, status: 'OK', request_id: 'r', ...over };
}

/** A row as Polygon sends it, at an instant in epoch milliseconds. */
export function polygonRow({ o, h, l, c, v, extra }: ScriptedRow, t: number): Fields {
  return { v, vw: (h + l + c) / 3, o, c, h, l, t, n: 10, ...extra };
}

function tickersReply({ polygon }: ScriptedMarket, url: URL, host: string): ScriptedReply {
  const active = url.searchParams.get('active') !== 'false';
  const one = url.searchParams.get('ticker');
  const limit = Number(url.searchParams.get('limit') ?? 100);
  const skip = Number(url.searchParams.get('cursor') ?? 0);
  const all = polygon.tickers.filter((t) => t.active === active && (one === null || t.ticker === one));
  const results = all.slice(skip, skip + limit).map(({ list_date, ...listed }) => listed);
  const next = `${host}/v3/reference/tickers?market=stocks&active=${active}&limit=${limit}&cursor=${skip + limit}`;
  const more = skip + limit < all.length ? { next_url: next } : {};
  return { body: { results, status: 'OK', request_id: 'r', count: results.length, ...more } };
}

function tickerReply({ polygon }: ScriptedMarket, symbol: string): ScriptedReply {
  const found = polygon.tickers.find(({ ticker, active }) => ticker === symbol && active === true);
  return found === undefined ? notFound : { body: { results: found, status: 'OK', request_id: 'r' } };
}

function listReply(list: readonly Fields[], key: string, url: URL): ScriptedReply {
  const from = url.searchParams.get(`${key}.gte`) ?? '';
  const to = url.searchParams.get(`${key}.lte`) ?? '9';
  const results = list.filter((record) => String(record[key]) >= from && String(record[key]) <= to);
  return { body: { results, status: 'OK', request_id: 'r' } };
}

function chartReply({ charts }: ScriptedMarket, written: string, url: URL): ScriptedReply {
  const chart = charts[written];
  if (chart !== undefined) return { body: chart(url) };
  const error = { code: 'Not Found', description: 'No data found, symbol may be delisted' };
  return { status: 404, body: { chart: { result: null, error } } };
}

/** A reference record as Polygon sends it. */
export function ticker(symbol: string, over: Fields = {}): Fields {
  const listing = { market: 'stocks', locale: 'us', primary_exchange: 'XNYS', type: 'CS', active: true };
  return { ticker: symbol, name: `${symbol} Inc`, ...listing, currency_name: 'usd', ...over };
}

/** Epoch seconds of the open of a session. */
export const openOf = (session: string) => exchangeInstant(session, 570) / 1000;

/** A chart as Yahoo sends it: the rows of the asked range, and those of the events that lie in it. */
export function chartOf(
  symbol: string,
  rows: readonly ScriptedRow[],
  { events = {}, meta = {} }: { readonly events?: YahooEvents; readonly meta?: Fields } = {},
): (url: URL) => unknown {
  return (url) => {
    const begin = Number(url.searchParams.get('period1'));
    const end = Number(url.searchParams.get('period2'));
    const isAsked = (seconds: number) => seconds >= begin && seconds < end;
    const asked = rows.filter(({ d }) => isAsked(openOf(d)));
    const interval = url.searchParams.get('interval') ?? '1d';
    return {
      chart: {
        result: [
          {
            meta: { ...usualMeta, symbol, dataGranularity: interval, ...meta },
            ...(asked.length > 0 ? { timestamp: asked.map(({ d }) => openOf(d)) } : {}),
            events: eventsWithin(events, isAsked),
            indicators: { quote: [quoteOf(asked)] },
          },
        ],
        error: null,
      },
    };
  };
}

/** Dated as `YYYY-MM-DD`. */
interface YahooEvents {
  readonly splits?: readonly (readonly [date: string, numerator: number, denominator: number])[];
  readonly dividends?: readonly (readonly [date: string, amount: number])[];
}

const usualMeta = {
  currency: 'USD',
  exchangeName: 'NYQ',
  instrumentType: 'EQUITY',
  firstTradeDate: 345479400,
  regularMarketTime: 1,
  gmtoffset: -18000,
  exchangeTimezoneName: 'America/New_York',
};

function eventsWithin({ splits = [], dividends = [] }: YahooEvents, isAsked: (seconds: number) => boolean) {
  const parts = splits.map(([date, numerator, denominator]) => ({
    date: openOf(date),
    numerator,
    denominator,
  }));
  const paid = dividends.map(([date, amount]) => ({ date: openOf(date), amount }));
  const keyed = <T extends { readonly date: number }>(list: readonly T[]) =>
    Object.fromEntries(list.filter(({ date }) => isAsked(date)).map((one) => [one.date, one]));
  return { splits: keyed(parts), dividends: keyed(paid) };
}

function quoteOf(rows: readonly ScriptedRow[]) {
  return {
    open: rows.map(({ o }) => o),
    high: rows.map(({ h }) => h),
    low: rows.map(({ l }) => l),
    close: rows.map(({ c }) => c),
    volume: rows.map(({ v }) => v),
  };
}

/** One row for each session of a range. */
export function rowsOf(
  from: string,
  to: string,
  row: (session: string, index: number) => Omit<ScriptedRow, 'd'>,
): readonly ScriptedRow[] {
  return sessionsBetween({ from, to }).map(({ session }, index) => ({ d: session, ...row(session, index) }));
}

/** A quiet bar around a price. */
export function quiet(price: number, v = 1e6): Omit<ScriptedRow, 'd'> {
  return { o: price, h: price * 1.01, l: price * 0.99, c: price, v };
}
