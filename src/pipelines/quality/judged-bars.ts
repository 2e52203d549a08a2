import { splitFactors } from '../../domain/adjustment.ts';
import { dayNumber } from '../../domain/date-range.ts';
import type { EffectiveSplit } from '../../domain/indicator-freshness.ts';
import type { JudgedSeries } from '../../quality/judged-series.ts';
import type { StoredSeries } from '../../store/bar-series.ts';

/** Stored bars as they are judged. */
export interface JudgedBars {
  /** In the shares of the last bar; their sessions are accounted for elsewhere. */
  readonly series: JudgedSeries;
  /** What prices of a row are multiplied by, to be in the shares of its own day. */
  readonly ownShares: (row: number) => number;
}

/** Stored bars in the shares of the last of them. */
export function judgedBars(
  bars: StoredSeries,
  { splits, hasVolume }: { readonly splits: readonly EffectiveSplit[]; readonly hasVolume: boolean },
): JudgedBars {
  const { day } = bars;
  const last = day.at(-1) ?? -Infinity;
  // One to come is in nobody's price.
  const known = splits.filter(({ exDate }) => dayNumber(exDate) <= last);
  const factors = splitFactors(known, bars);
  const price = (column: Float64Array) =>
    factors === null ? column : column.map((value, row) => value * (factors.today[row] ?? 1));
  const volume =
    factors === null ? bars.volume : bars.volume.map((value, row) => value / (factors.today[row] ?? 1));
  const [open, high, low, close] = [price(bars.open), price(bars.high), price(bars.low), price(bars.close)];
  return {
    series: { day, open, high, low, close, volume, hasVolume, sessions: null },
    ownShares: (row) => (factors === null ? 1 : (factors.own[row] ?? 1) / (factors.today[row] ?? 1)),
  };
}
