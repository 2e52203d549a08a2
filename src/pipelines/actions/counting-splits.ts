import type { PriceSplit } from '../../domain/split-basis.ts';
import { isSameRatio } from '../../domain/split-events.ts';
import { mayCount, type SplitRecord } from '../../store/corporate-actions.ts';

/** The splits that count, and those that may come to. */
export function countingSplits(records: readonly SplitRecord[]): readonly PriceSplit[] {
  return [
    ...new Map(records.filter(mayCount).map((split) => [`${split.exDate} ${split.ratio}`, split])).values(),
  ];
}

/** The ratios that are told, and of which none of these splits is. */
export function doubtfulRatios(
  records: readonly SplitRecord[],
  splits: readonly PriceSplit[],
): readonly number[] {
  return records
    .map(({ ratio }) => ratio)
    .filter((ratio) => !splits.some((split) => isSameRatio(split.ratio, ratio)));
}
