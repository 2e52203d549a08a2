import { polygonEndpoints, readPolygonRequest, type PolygonRequest } from '../polygon/polygon-request.ts';
import { readYahooRequest, yahooEndpoints, type YahooRequest } from '../yahoo/yahoo-request.ts';

/** What the simulated providers can be asked for. */
export const endpoints = [...polygonEndpoints, ...yahooEndpoints] as const;
export type Endpoint = (typeof endpoints)[number];

/** A request to an endpoint of one of the simulated providers. */
export type MarketRequest = PolygonRequest | YahooRequest;

/** True for an endpoint of Polygon, which wants a key. */
export function isPolygon(request: MarketRequest): request is PolygonRequest {
  return polygonEndpoints.some((one) => one === request.endpoint);
}

/** The request a path and its query make, null for an unknown path. */
export function readMarketRequest(url: URL): MarketRequest | null {
  return readPolygonRequest(url) ?? readYahooRequest(url);
}
