import { actedMarket } from './acted-market.ts';
import type { MarketSource } from './market-source.ts';
import type { ActionNews, SimulatedAction } from './simulated-action.ts';
import { splitTerms } from './split-terms.ts';

/** An action a test adds to a market; instants in ISO 8601. */
export interface ScriptedAction {
  readonly symbol: string;
  readonly kind: 'split' | 'cash_dividend' | 'spin_off';
  readonly exDate: string;
  /** Shares afterwards per share before; of a spin-off the price before to the price after. */
  readonly ratio?: number;
  /** Cash a share as of the ex-date. */
  readonly amount?: number;
  /** A special dividend: the price drops by it. */
  readonly special?: boolean;
  /** False for an action that is only told of: the prices know nothing of it. */
  readonly inPrices?: boolean;
  /** 30 days before the ex-date by default. */
  readonly polygonListsFrom?: string;
  /** The ex-date by default, and never before it. */
  readonly yahooListsFrom?: string;
  /** Yahoo's prices are adjusted only from then; the ex-date by default. */
  readonly yahooAppliesFrom?: string;
  /** Yahoo's prices are adjusted twice over. */
  readonly yahooAppliesTwice?: true;
  /** Listed twice, under two ids at Polygon and at two instants of the same date at Yahoo. */
  readonly duplicate?: true;
  readonly onlyBy?: 'polygon' | 'yahoo';
}

/** An action that cannot be played; the message names it. */
export class BadScriptedAction extends Error {
  override readonly name = 'BadScriptedAction';
}

/** The market with those actions beside its own. Throws `BadScriptedAction`. */
export function withScriptedActions<Source extends MarketSource>(
  source: Source,
  scripted: readonly ScriptedAction[],
): Source {
  if (scripted.length === 0) return source;
  for (const { symbol, exDate } of scripted) {
    if (source.find(symbol) === undefined) {
      throw new BadScriptedAction(`the market has no ${symbol}, whose action of ${exDate} is scripted`);
    }
  }
  const bySymbol = Map.groupBy(scripted, ({ symbol }) => symbol);
  const planned = new Map([...bySymbol].map(([symbol, actions]) => [symbol, actions.map(actionOf)]));
  const all = (symbol: string) => planned.get(symbol) ?? [];
  return actedMarket(source, { moving: all, all });
}

function actionOf(scripted: ScriptedAction): SimulatedAction {
  const { symbol, kind, exDate, ratio, amount, special = false, inPrices = true } = scripted;
  const cash = kind === 'cash_dividend';
  if (cash ? amount === undefined : ratio === undefined) {
    throw new BadScriptedAction(`${symbol}, ${exDate}: a ${kind} needs ${cash ? 'an amount' : 'a ratio'}`);
  }
  return {
    kind,
    exDate,
    terms: cash ? null : splitTerms(ratio ?? 1),
    amount: cash ? (amount ?? 0) : null,
    special,
    inPrices: inPrices && (cash || (ratio ?? 0) > 0),
    news: newsOf(scripted),
  };
}

function newsOf(scripted: ScriptedAction): ActionNews {
  const { polygonListsFrom, yahooListsFrom, yahooAppliesFrom } = scripted;
  const { yahooAppliesTwice, duplicate, onlyBy } = scripted;
  return {
    ...(polygonListsFrom === undefined ? {} : { polygonListsFromMs: Date.parse(polygonListsFrom) }),
    ...(yahooListsFrom === undefined ? {} : { yahooListsFromMs: Date.parse(yahooListsFrom) }),
    ...(yahooAppliesFrom === undefined ? {} : { yahooAppliesFromMs: Date.parse(yahooAppliesFrom) }),
    ...(yahooAppliesTwice === undefined ? {} : { yahooAppliesTwice }),
    ...(duplicate === undefined ? {} : { duplicate }),
    ...(onlyBy === undefined ? {} : { onlyBy }),
  };
}
