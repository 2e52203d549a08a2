import { addDays } from '../../domain/date-range.ts';
import type { SessionDate } from '../../domain/session.ts';
import { factorAt } from './cumulative-steps.ts';
import type { MarketSource } from './market-source.ts';
import { rounded } from './price-model.ts';
import { barAsTraded, priceSteps, type PriceSteps } from './price-steps.ts';
import { byExDate, type SimulatedAction } from './simulated-action.ts';

/** Where the actions of a market come from. */
interface ActionPlan {
  /** Those of a symbol that can move its prices, in any order; asked for often. */
  readonly moving: (symbol: string) => readonly SimulatedAction[];
  /** All of a symbol, in any order. */
  readonly all: (symbol: string) => readonly SimulatedAction[];
}

/** A longer pause before an ex-date leaves a special dividend without a price to drop from. */
const longestPauseDays = 15;

/** The market with those actions beside its own: its bars are scaled before each of them, and stay what they are after the last. */
export function actedMarket<Source extends MarketSource>(source: Source, plan: ActionPlan): Source {
  const steps = new Map<string, PriceSteps | null>();
  const actions = new Map<string, readonly SimulatedAction[]>();

  function stepsOf(symbol: string): PriceSteps | null {
    const known = steps.get(symbol);
    if (known !== undefined) return known;
    const found = priceSteps(plan.moving(symbol), (exDate) => closeBefore(source, symbol, exDate));
    steps.set(symbol, found);
    return found;
  }

  function actionsOf(symbol: string): readonly SimulatedAction[] {
    const found = stepsOf(symbol);
    const own = source.actions(symbol).map((action) => (found === null ? action : asPaid(action, found)));
    return [...own, ...plan.all(symbol)].sort(byExDate);
  }

  return {
    ...source,
    bars(symbol, range) {
      const bars = source.bars(symbol, range);
      const found = stepsOf(symbol);
      return found === null ? bars : bars.map((bar) => barAsTraded(bar, found));
    },
    marketDay: (session) =>
      source.marketDay(session).map((row) => {
        const found = stepsOf(row.symbol);
        return found === null ? row : { symbol: row.symbol, bar: barAsTraded(row.bar, found) };
      }),
    actions(symbol) {
      const known = actions.get(symbol);
      if (known !== undefined) return known;
      const found = actionsOf(symbol);
      actions.set(symbol, found);
      return found;
    },
  };
}

/** A dividend of a share that was split later was as many times larger. */
function asPaid(action: SimulatedAction, { shares }: PriceSteps): SimulatedAction {
  const factor = factorAt(shares, action.exDate);
  return action.amount === null || factor === 1
    ? action
    : { ...action, amount: rounded(action.amount * factor, 10_000) };
}

/** The last close before a date, null where there is none near it. */
export function closeBefore(
  source: Pick<MarketSource, 'bars'>,
  symbol: string,
  exDate: SessionDate,
): number | null {
  const bars = source.bars(symbol, { from: addDays(exDate, -longestPauseDays), to: addDays(exDate, -1) });
  return bars.at(-1)?.close ?? null;
}
