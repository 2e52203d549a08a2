import { isCalendarDate, type DateRange } from '../../domain/date-range.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
import type { SessionDate } from '../../domain/session.ts';
import { readYahooRequest, yahooEndpoints } from '../yahoo/yahoo-request.ts';

const polygonEndpoints = ['aggregates', 'marketDay', 'tickers', 'ticker', 'splits', 'dividends'] as const;

/** What the simulated providers can be asked for. */
export const endpoints = [...polygonEndpoints, ...yahooEndpoints] as const;
export type Endpoint = (typeof endpoints)[number];

/** A request that is addressed to an endpoint; whether it makes sense is the endpoint's business. */
export interface MarketRequest {
  readonly endpoint: Endpoint;
  /** The one ticker asked for, as the client spells it; null where the request is for all of them. */
  readonly symbol: string | null;
  /** The sessions asked for, null where it names none or none that can be read. */
  readonly range: DateRange | null;
  readonly path: string;
  readonly query: URLSearchParams;
}

const aggregatesPath = /^\/v2\/aggs\/ticker\/([^/]+)\/range\/1\/day\/([^/]+)\/([^/]+)$/;
const marketDayPath = /^\/v2\/aggs\/grouped\/locale\/us\/market\/stocks\/([^/]+)$/;
const tickersPath = /^\/v3\/reference\/tickers(?:\/([^/]+))?$/;
const actionsPath = /^\/stocks\/v1\/(splits|dividends)$/;

/** True for an endpoint of Polygon, which wants a key. */
export function isPolygon(endpoint: Endpoint): boolean {
  return polygonEndpoints.some((one) => one === endpoint);
}

/** The request a path and its query make, null for an unknown path. */
export function readMarketRequest({ pathname: path, searchParams: query }: URL): MarketRequest | null {
  const aggregates = aggregatesPath.exec(path);
  if (aggregates !== null) {
    const [, symbol = '', from = '', to = ''] = aggregates;
    return { endpoint: 'aggregates', symbol: decoded(symbol), range: rangeOf(from, to), path, query };
  }
  const marketDay = marketDayPath.exec(path);
  if (marketDay !== null) {
    const [, date = ''] = marketDay;
    const range = isCalendarDate(date) ? { from: date, to: date } : null;
    return { endpoint: 'marketDay', symbol: null, range, path, query };
  }
  return readReferenceRequest(path, query) ?? readYahooRequest(path, query);
}

function readReferenceRequest(path: string, query: URLSearchParams): MarketRequest | null {
  const [, actions] = actionsPath.exec(path) ?? [];
  if (actions !== undefined) {
    const endpoint = actions === 'splits' ? 'splits' : 'dividends';
    return { endpoint, symbol: query.get('ticker'), range: null, path, query };
  }
  const tickers = tickersPath.exec(path);
  if (tickers === null) return null;
  const [, symbol] = tickers;
  return symbol === undefined
    ? { endpoint: 'tickers', symbol: query.get('ticker'), range: null, path, query }
    : { endpoint: 'ticker', symbol: decoded(symbol), range: null, path, query };
}

function rangeOf(from: string, to: string): DateRange | null {
  const first = dateOf(from);
  const last = dateOf(to);
  return first === null || last === null ? null : { from: first, to: last };
}

/** A date, or epoch milliseconds as the provider itself writes them into `next_url`. */
function dateOf(text: string): SessionDate | null {
  if (isCalendarDate(text)) return text;
  return /^\d{6,13}$/.test(text) ? exchangeDate(Number(text)) : null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
