import { isCalendarDate, type DateRange } from '../../domain/date-range.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
import type { SessionDate } from '../../domain/session.ts';
import { decodedPart, type EndpointRequest } from '../http/endpoint-request.ts';

/** What the simulated Polygon can be asked for. */
export const polygonEndpoints = [
  'aggregates',
  'marketDay',
  'tickers',
  'ticker',
  'events',
  'splits',
  'dividends',
] as const;
export type PolygonEndpoint = (typeof polygonEndpoints)[number];
export type PolygonRequest = EndpointRequest<PolygonEndpoint>;

const aggregatesPath = /^\/v2\/aggs\/ticker\/([^/]+)\/range\/1\/day\/([^/]+)\/([^/]+)$/;
const marketDayPath = /^\/v2\/aggs\/grouped\/locale\/us\/market\/stocks\/([^/]+)$/;
const tickersPath = /^\/v3\/reference\/tickers(?:\/([^/]+))?$/;
const eventsPath = /^\/vX\/reference\/tickers\/([^/]+)\/events$/;
const actionsPath = /^\/stocks\/v1\/(splits|dividends)$/;

/** The request a path and its query make, null for an unknown path. */
export function readPolygonRequest({ pathname: path, searchParams: query }: URL): PolygonRequest | null {
  const aggregates = aggregatesPath.exec(path);
  if (aggregates !== null) {
    const [, symbol = '', from = '', to = ''] = aggregates;
    return { endpoint: 'aggregates', symbol: decodedPart(symbol), range: rangeOf(from, to), path, query };
  }
  const marketDay = marketDayPath.exec(path);
  if (marketDay !== null) {
    const [, date = ''] = marketDay;
    const range = isCalendarDate(date) ? { from: date, to: date } : null;
    return { endpoint: 'marketDay', symbol: null, range, path, query };
  }
  return readReferenceRequest(path, query);
}

function readReferenceRequest(path: string, query: URLSearchParams): PolygonRequest | null {
  const [, actions] = actionsPath.exec(path) ?? [];
  if (actions !== undefined) {
    const endpoint = actions === 'splits' ? 'splits' : 'dividends';
    return { endpoint, symbol: query.get('ticker'), range: null, path, query };
  }
  const [, id] = eventsPath.exec(path) ?? [];
  if (id !== undefined) return { endpoint: 'events', symbol: decodedPart(id), range: null, path, query };
  const tickers = tickersPath.exec(path);
  if (tickers === null) return null;
  const [, symbol] = tickers;
  return symbol === undefined
    ? { endpoint: 'tickers', symbol: query.get('ticker'), range: listDate(query), path, query }
    : { endpoint: 'ticker', symbol: decodedPart(symbol), range: null, path, query };
}

/** The day whose list is asked for, if it is said; a next page's cursor says it. */
function listDate(query: URLSearchParams): DateRange | null {
  const cursor = Buffer.from(query.get('cursor') ?? '', 'base64url').toString();
  const date = query.get('date') ?? new URLSearchParams(cursor).get('date') ?? '';
  return isCalendarDate(date) ? { from: date, to: date } : null;
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
