import { addDays } from '../../domain/date-range.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { MarketNow } from '../market/market-now.ts';
import type { Tenure } from '../market/tenure.ts';
import type { ActionBook } from './action-book.ts';
import type { MarketDayCache } from './market-day-cache.ts';

/** What an endpoint of Polygon needs beside the request. */
export interface PolygonContext extends MarketNow {
  readonly marketDays: MarketDayCache;
  readonly actions: ActionBook;
  /** Who bears which ticker when, by ticker and date. */
  readonly tenures: readonly Tenure[];
  /** Scheme and host under which the client reached the server; `next_url` begins with it. */
  readonly origin: string;
  readonly requestId: string;
  /** The largest page whatever the client asks for. */
  readonly pageLimit: number;
}

/** The last date all of whose sessions have closed: later ones have no bars yet. */
export function closedThrough({ source, nowMs }: Pick<PolygonContext, 'source' | 'nowMs'>): SessionDate {
  const today = exchangeDate(nowMs);
  return source.closesAtMs(today) <= nowMs ? today : addDays(today, -1);
}
