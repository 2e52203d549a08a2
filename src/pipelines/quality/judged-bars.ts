import { dayNumber } from '../../domain/date-range.ts';
import { splitFactors } from '../../domain/adjustment.ts';
import type { EffectiveSplit } from '../../domain/indicator-freshness.ts';
import type { JudgedSeries } from '../../quality/judged-series.ts';
import type { StoredSeries } from '../../store/bar-series.ts';

/** Stored bars in the shares of today; their sessions are accounted for elsewhere. */
export function judgedBars(
  bars: StoredSeries,
  { splits, hasVolume }: { readonly splits: readonly EffectiveSplit[]; readonly hasVolume: boolean },
): JudgedSeries {
  const { day } = bars;
  const last = day.at(-1) ?? -Infinity;
  // One to come is in nobody's price.
  const known = splits.filter(({ exDate }) => dayNumber(exDate) <= last);
  const factors = splitFactors(known, bars)?.today;
  const price = (column: Float64Array) =>
    factors === undefined ? column : column.map((value, row) => value * (factors[row] ?? 1));
  const volume =
    factors === undefined ? bars.volume : bars.volume.map((value, row) => value / (factors[row] ?? 1));
  const [open, high, low, close] = [price(bars.open), price(bars.high), price(bars.low), price(bars.close)];
  return { day, open, high, low, close, volume, hasVolume, sessions: null };
}
