import { BodyRoom } from '../body-room.ts';
import { leanFetch } from '../lean-fetch.ts';
import type { ActionLists, PastReference, ReferenceLists, SeriesProvider, WholeMarket } from '../provider.ts';
import { polygonActions } from './actions.ts';
import { polygonMarketDay, polygonSeries } from './bars.ts';
import type { PolygonAccess } from './http.ts';
import { polygonBearer, polygonListOn, polygonTickerChanges } from './past-reference.ts';
import { polygonInstrument, polygonInstruments } from './reference.ts';

/** What the provider is made with; what is left out has a default. */
export type PolygonDeps = Pick<PolygonAccess, 'baseUrl' | 'apiKey' | 'beforeRequest'> &
  Partial<PolygonAccess>;

/** Polygon (Massive): raw daily bars, the reference of US stocks and their corporate actions. */
export interface PolygonProvider
  extends SeriesProvider, WholeMarket, ReferenceLists, PastReference, ActionLists {}

const defaults = {
  fetch: leanFetch,
  timeoutMs: 30_000,
  // A whole market day is 1.4 MB, a page of 50,000 bars 6 MB.
  maxBytes: 64 * 2 ** 20,
  now: () => new Date(),
};

/** Polygon over HTTP. Errors: `domain/provider-errors.ts`. */
export function createPolygonProvider(given: PolygonDeps): PolygonProvider {
  // Headers are sent trimmed: what is sent is what messages must not repeat.
  const deps: PolygonAccess = { ...defaults, room: new BodyRoom(), ...given, apiKey: given.apiKey.trim() };
  return {
    name: 'polygon',
    series: (symbol, wish, options = {}) => polygonSeries(deps, { symbol, wish }, options),
    marketDay: (session, options = {}) => polygonMarketDay(deps, session, options),
    lookUp: (symbol, options = {}) => polygonInstrument(deps, symbol, options),
    listActions: (page, options = {}) => polygonActions(deps, page, options),
    listOn: (page, options = {}) => polygonListOn(deps, page, options),
    bearerOn: (wish, options = {}) => polygonBearer(deps, wish, options),
    tickerChanges: (figi, options = {}) => polygonTickerChanges(deps, figi, options),
    listInstruments: (page, options = {}) => polygonInstruments(deps, page, options),
  };
}
