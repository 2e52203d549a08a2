import type { DateRange } from '../../domain/date-range.ts';
import type { Session } from '../../domain/session.ts';
import { BodyRoom } from '../body-room.ts';
import type { FundamentalsProvider, RequestOptions, SeriesProvider, SeriesWish } from '../provider.ts';
import type { YahooSeries, YahooStatistics } from './answers.ts';
import { yahooInstrument, yahooSeries } from './chart.ts';
import { CookieSession } from './cookie-session.ts';
import { yahooStatements, yahooStatistics } from './fundamentals.ts';
import type { YahooAccess } from './http.ts';

interface Calendar {
  /** The sessions of New York: what is on none of them is no bar. */
  readonly sessionsBetween: (range: DateRange) => readonly Session[];
}

/** What the provider is made with; what is left out has a default. */
export type YahooDeps = Pick<YahooAccess, 'baseUrl' | 'beforeRequest'> & Calendar & Partial<YahooAccess>;

/** Yahoo Finance: bars adjusted for splits, their events, fundamentals; it knows no delisted symbol. */
export interface YahooProvider extends SeriesProvider, FundamentalsProvider {
  series(symbol: string, wish: SeriesWish, options?: RequestOptions): Promise<YahooSeries>;
  keyStatistics(symbol: string, options?: RequestOptions): Promise<YahooStatistics>;
}

const defaults = {
  fetch: globalThis.fetch,
  timeoutMs: 30_000,
  // Two years of hours are 0.5 MB.
  maxBytes: 16 * 2 ** 20,
  now: () => new Date(),
};

/** Yahoo Finance through yahoo-finance2. Errors: `domain/provider-errors.ts`. */
export function createYahooProvider(given: YahooDeps): YahooProvider {
  const access = { ...defaults, room: new BodyRoom(), ...given };
  const deps = { ...access, session: new CookieSession(access) };
  return {
    name: 'yahoo',
    series: (symbol, wish, options = {}) => yahooSeries(deps, { symbol, wish }, options),
    lookUp: (symbol, options = {}) => yahooInstrument(deps, symbol, options),
    fundamentals: (symbol, options = {}) => yahooStatements(deps, symbol, options),
    keyStatistics: (symbol, options = {}) => yahooStatistics(deps, symbol, options),
  };
}
