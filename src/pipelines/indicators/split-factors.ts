import { dayNumber } from '../../domain/date-range.ts';
import type { EffectiveSplit } from '../../domain/indicator-freshness.ts';
import type { BarColumns } from '../../store/bar-series.ts';

/** What the stored prices of each bar are multiplied by, to be those of its own shares, and those of today's. */
export interface SplitFactors {
  readonly own: Float64Array;
  readonly today: Float64Array;
}

/** As market.adjustment() does for `split`; null: the prices are right as they are. */
export function splitFactors(
  splits: readonly EffectiveSplit[],
  { day, basis }: BarColumns,
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
