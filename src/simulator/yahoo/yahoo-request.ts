import type { DateRange } from '../../domain/date-range.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
import { decodedPart, type EndpointRequest } from '../http/endpoint-request.ts';

/** Yahoo's part of the endpoints; `quotePage` is the page that gives the cookie a crumb is bound to. */
export const yahooEndpoints = ['chart', 'quoteSummary', 'timeseries', 'quotePage', 'crumb'] as const;
export type YahooEndpoint = (typeof yahooEndpoints)[number];
export type YahooRequest = EndpointRequest<YahooEndpoint>;

const paths: readonly (readonly [YahooEndpoint, RegExp])[] = [
  ['chart', /^\/v8\/finance\/chart\/([^/]+)$/],
  ['quoteSummary', /^\/v10\/finance\/quoteSummary\/([^/]+)$/],
  ['timeseries', /^\/ws\/fundamentals-timeseries\/v1\/finance\/timeseries\/([^/]+)$/],
  ['quotePage', /^\/quote\/([^/]+)\/?$/],
  ['crumb', /^\/v1\/test\/getcrumb$/],
];

/** The request a path and its query make at any of Yahoo's hosts, null for an unknown path. */
export function readYahooRequest({ pathname: path, searchParams: query }: URL): YahooRequest | null {
  for (const [endpoint, pattern] of paths) {
    const found = pattern.exec(path);
    if (found === null) continue;
    const [, symbol] = found;
    const range = endpoint === 'chart' ? rangeOf(query) : null;
    return { endpoint, symbol: symbol === undefined ? null : decodedPart(symbol), range, path, query };
  }
  return null;
}

/** The dates in New York that a period in epoch seconds touches. */
function rangeOf(query: URLSearchParams): DateRange | null {
  const [from, to] = [query.get('period1'), query.get('period2')].map((text) =>
    text !== null && /^\d{1,11}$/.test(text) ? Number(text) * 1000 : null,
  );
  if (from === undefined || to === undefined || from === null || to === null) return null;
  return { from: exchangeDate(from), to: exchangeDate(Math.max(from, to - 1)) };
}
