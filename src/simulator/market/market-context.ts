import { addDays } from '../../domain/date-range.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { ActionBook } from '../polygon/action-book.ts';
import type { CashFactor } from './cash-factor.ts';
import type { MarketDayCache } from '../polygon/market-day-cache.ts';
import type { MarketSource } from './market-source.ts';
import type { Crumbs } from '../yahoo/crumbs.ts';
import type { YahooSymbols } from '../yahoo/yahoo-symbols.ts';

/** What an endpoint needs beside the request. */
export interface MarketContext {
  readonly source: MarketSource;
  readonly marketDays: MarketDayCache;
  readonly actions: ActionBook;
  readonly cashFactor: CashFactor;
  readonly yahooSymbols: YahooSymbols;
  readonly crumbs: Crumbs;
  readonly nowMs: number;
  /** Scheme and host under which the client reached the server; `next_url` begins with it. */
  readonly origin: string;
  readonly requestId: string;
  /** The `Cookie` header, empty without one. */
  readonly cookies: string;
  /** The largest page whatever the client asks for. */
  readonly pageLimit: number;
}

/** The last date all of whose sessions have closed: later ones have no bars yet. */
export function closedThrough({ source, nowMs }: Pick<MarketContext, 'source' | 'nowMs'>): SessionDate {
  const today = exchangeDate(nowMs);
  return source.closesAtMs(today) <= nowMs ? today : addDays(today, -1);
}
