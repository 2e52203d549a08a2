import type { DailyBar } from '../../domain/bar.ts';
import { factorAt, type CumulativeSteps } from '../market/cumulative-steps.ts';
import { rounded } from '../market/price-model.ts';

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
