import type { MarketContext } from './endpoints/market-endpoints.ts';
import { createCashFactor } from './market/cash-factor.ts';
import { datedMarket } from './market/dated-market.ts';
import type { MarketSource } from './market/market-source.ts';
import { momentOf } from './market/moment.ts';
import { withScriptedActions, type ScriptedAction } from './market/scripted-actions.ts';
import type { ScriptedLife } from './market/scripted-life.ts';
import { createActionBook } from './polygon/action-book.ts';
import { createMarketDayCache } from './polygon/market-day-cache.ts';
import { createCrumbs } from './yahoo/crumbs.ts';
import { createYahooSymbols } from './yahoo/yahoo-symbols.ts';

/** What the endpoints know of the market at an instant, before a request says the rest. */
export type MarketView = Omit<MarketContext, 'pageLimit' | 'origin' | 'requestId' | 'cookies'>;

/** The market as each provider shows it: Polygon under the tickers of the day, Yahoo under those of today. */
interface MarketViews {
  readonly polygon: (nowMs: number) => MarketView;
  readonly yahoo: (nowMs: number) => MarketView;
}

/** Throws `BadScriptedAction` and `BadScriptedLife`. */
export function createMarketViews({
  source,
  actions = [],
  lives = [],
}: {
  readonly source: MarketSource;
  readonly actions?: readonly ScriptedAction[];
  readonly lives?: readonly ScriptedLife[];
}): MarketViews {
  const { tenures, ofTheDay, asOf } = datedMarket(withScriptedActions(source, actions), lives);
  const shared = {
    tenures,
    marketDays: createMarketDayCache(ofTheDay),
    actions: createActionBook(ofTheDay),
    crumbs: createCrumbs(),
  };
  const ofSource = keptLast((own: MarketSource) => ({
    source: own,
    cashFactor: createCashFactor(own),
    yahooSymbols: createYahooSymbols(own),
  }));
  const polygon = { ...shared, ...ofSource(ofTheDay) };
  return {
    polygon: (nowMs) => ({ ...polygon, nowMs }),
    yahoo: (nowMs) => ({ ...shared, ...ofSource(asOf(momentOf(nowMs).today)), nowMs }),
  };
}

/** What was made of the last thing is kept for the next time. */
function keptLast<Given, Made>(make: (given: Given) => Made): (given: Given) => Made {
  let last: { readonly given: Given; readonly made: Made } | null = null;
  return (given) => {
    last = last?.given === given ? last : { given, made: make(given) };
    return last.made;
  };
}
