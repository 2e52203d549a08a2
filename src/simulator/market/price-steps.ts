import type { DailyBar } from '../../domain/bar.ts';
import type { SessionDate } from '../../domain/session.ts';
import { cumulated, factorAt, type CumulativeSteps, type FactorStep } from './cumulative-steps.ts';
import { onGrid, rounded } from './price-model.ts';
import { byExDate, ratioOf, type SimulatedAction } from './simulated-action.ts';

/** What a market's actions make of the bars of a path that knows none. */
export interface PriceSteps {
  readonly prices: CumulativeSteps;
  readonly shares: CumulativeSteps;
}

/** Null where no action moves the price: splits and spin-offs do, and dividends that are special. */
export function priceSteps(
  actions: readonly SimulatedAction[],
  closeBefore: (exDate: SessionDate) => number | null,
): PriceSteps | null {
  const moving = actions.filter(({ inPrices, amount, special }) => inPrices && (amount === null || special));
  if (moving.length === 0) return null;
  const prices: FactorStep[] = [];
  let later = 1;
  for (const action of [...moving].sort(byExDate).reverse()) {
    const factor = stepOf(action, (closeBefore(action.exDate) ?? NaN) * later);
    prices.push({ exDate: action.exDate, factor });
    later *= factor;
  }
  const splits = moving.filter(({ kind }) => kind === 'split');
  return {
    prices: cumulated(prices),
    shares: cumulated(splits.map((split) => ({ exDate: split.exDate, factor: ratioOf(split) }))),
  };
}

/** The price before to the price after, given what the price before would be without the action. */
function stepOf(action: SimulatedAction, price: number): number {
  if (action.amount === null) return ratioOf(action);
  return price > 0 ? (price + action.amount) / price : 1;
}

/** The bar as it traded: before a split prices are higher and volumes lower. */
export function barAsTraded(bar: DailyBar, { prices, shares }: PriceSteps): DailyBar {
  const factor = factorAt(prices, bar.session);
  if (factor === 1) return bar;
  const price = (value: number) => onGrid(value * factor);
  const [high, low] = [price(bar.high), price(bar.low)];
  const vwap = bar.vwap === null ? null : rounded(bar.vwap * factor, 10_000);
  return {
    ...bar,
    open: price(bar.open),
    high,
    low,
    close: price(bar.close),
    volume: Math.max(1, Math.round(bar.volume / factorAt(shares, bar.session))),
    vwap: vwap === null ? null : Math.min(high, Math.max(low, vwap)),
  };
}
