import { dayNumber } from './date-range.ts';
import type { EffectiveSplit } from './indicator-freshness.ts';

/**
 * What splits make of prices, the twin of `src/store/functions/`: stored prices are brought to the shares of each
 * session's own day first, by every split that their source has in them, then to the shares of today, by splits proper.
 */

/** Bars by their day, and the day up to which splits are in their prices; days count from 1970-01-01. */
export interface BasedDays {
  readonly day: ArrayLike<number>;
  /** Below every day: as traded. */
  readonly basis: ArrayLike<number>;
}

/** What the stored prices of each bar are multiplied by, to be those of its own shares, and those of today's. */
export interface SplitFactors {
  readonly own: Float64Array;
  readonly today: Float64Array;
}

/** As market.adjustment() does for `raw` and `split`; null: the prices are right as they are. */
export function splitFactors(
  splits: readonly EffectiveSplit[],
  { day, basis }: BasedDays,
): SplitFactors | null {
  if (splits.length === 0) return null;
  const known = splits.map(({ exDate, ratio, spinOff }) => ({ exDay: dayNumber(exDate), ratio, spinOff }));
  const [own, today] = [new Float64Array(day.length), new Float64Array(day.length)];
  for (let bar = 0; bar < day.length; bar += 1) {
    let [included, later] = [1, 1];
    for (const { exDay, ratio, spinOff } of known) {
      if (exDay <= (day[bar] ?? Infinity)) continue;
      if (exDay <= (basis[bar] ?? -Infinity)) included *= ratio;
      if (!spinOff) later *= ratio;
    }
    own[bar] = included;
    today[bar] = included / later;
  }
  return { own, today };
}
