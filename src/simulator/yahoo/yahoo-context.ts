import type { MarketNow } from '../market/market-now.ts';
import type { Crumbs } from './crumbs.ts';
import type { YahooSymbols } from './yahoo-symbols.ts';

/** What an endpoint of Yahoo needs beside the request. */
export interface YahooContext extends MarketNow {
  readonly yahooSymbols: YahooSymbols;
  readonly crumbs: Crumbs;
  /** The `Cookie` header, empty without one. */
  readonly cookies: string;
}
