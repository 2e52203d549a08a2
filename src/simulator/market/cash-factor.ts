import { closeBefore } from './acted-market.ts';
import type { MarketSource } from './market-source.ts';
import type { SimulatedAction } from './simulated-action.ts';

/** What a cash dividend leaves of the price of the day before, from above 0 to 1; the same whatever the splits after it. */
export type CashFactor = (symbol: string, action: SimulatedAction) => number;

/** Works each dividend's factor out once. */
export function createCashFactor(source: MarketSource): CashFactor {
  const known = new WeakMap<SimulatedAction, number>();
  return (symbol, action) => {
    const found = known.get(action);
    if (found !== undefined) return found;
    const price = closeBefore(source, symbol, action.exDate);
    const { amount } = action;
    const factor = price === null || amount === null || amount >= price ? 1 : 1 - amount / price;
    known.set(action, factor);
    return factor;
  };
}
