import type { JudgedSeries } from './judged-series.ts';
import type { AlignedPair } from './reconcile-series.ts';

/** The sessions that both series have, those left out that may still move in one of them; the series are in one basis. */
export function alignSeries(
  own: JudgedSeries,
  other: JudgedSeries,
  {
    isSettled = () => true,
    ownShares = () => 1,
  }: { readonly isSettled?: (day: number) => boolean; readonly ownShares?: AlignedPair['ownShares'] } = {},
): AlignedPair {
  const rowOf = new Map(Array.from(other.day, (day, row) => [day, row]));
  const rows = Array.from(own.day, (day, row) => [row, rowOf.get(day), day] as const).flatMap(
    ([row, otherRow, day]) => (otherRow === undefined || !isSettled(day) ? [] : [[row, otherRow] as const]),
  );
  return { own, other, rows, ownShares };
}
