import type { DailyBar } from '../../domain/bar.ts';
import { cumulated, factorAt, type CumulativeSteps } from '../market/cumulative-steps.ts';
import type { Moment } from '../market/moment.ts';
import { rounded } from '../market/price-model.ts';
import { ratioOf, type SimulatedAction } from '../market/simulated-action.ts';

/** The bar in shares as they are after those splits, to the four decimals Polygon gives. */
export function splitAdjusted(bar: DailyBar, splits: CumulativeSteps): DailyBar {
  const factor = factorAt(splits, bar.session);
  if (factor === 1) return bar;
  const price = (value: number) => rounded(value / factor, 10_000);
  return {
    ...bar,
    open: price(bar.open),
    high: price(bar.high),
    low: price(bar.low),
    close: price(bar.close),
    volume: rounded(bar.volume * factor, 100),
    vwap: bar.vwap === null ? null : price(bar.vwap),
  };
}

/** By how much the splits up to now multiply the shares of a session. */
export function splitSteps(actions: readonly SimulatedAction[], { today }: Moment): CumulativeSteps {
  return cumulated(
    actions
      .filter(({ kind, inPrices, exDate }) => kind === 'split' && inPrices && exDate <= today)
      .map((split) => ({ exDate: split.exDate, factor: ratioOf(split) })),
  );
}
