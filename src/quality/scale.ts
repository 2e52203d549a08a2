import { isPrice } from '../domain/possible-bar.ts';
import type { JudgedSeries } from './judged-series.ts';
import { medianOf } from './median.ts';
import { fewest, neighboursOf } from './neighbours.ts';

/** No scale is less; what is near by that is not looked at. */
export const leastScale = 0.005;
/** Where a third of the bars have no range they say nothing of how far prices move. */
const leastWithoutRange = 0.05;
const leastTicks = 3;

/**
 * The scale of each bar by its row, as a logarithm: the median of ln(high/low) of the bars around it, at least 0.5 %, three
 * ticks of the grid that their prices lie on, and 5 % where a third of them have no range. NaN: too few are around.
 */
export function scaleOf(series: JudgedSeries): (row: number) => number {
  const known = new Float64Array(series.day.length).fill(-1);
  return (row) => {
    const told = known[row] ?? NaN;
    return told === -1 ? (known[row] = scaleAt(series, row)) : told;
  };
}

function scaleAt(series: JudgedSeries, row: number): number {
  const { high, low, close } = series;
  const rows = neighboursOf(row, close.length).filter(
    (at) => isPrice(low[at] ?? NaN) && isPrice(high[at] ?? NaN),
  );
  if (rows.length < fewest) return NaN;
  const ranges = rows.map((at) => Math.max(0, Math.log((high[at] ?? NaN) / (low[at] ?? NaN))));
  const flat = ranges.filter((range) => range === 0).length;
  const level = medianOf(rows.map((at) => close[at] ?? NaN));
  const ticks = (leastTicks * tickOf(series, rows)) / level;
  return Math.max(medianOf(ranges), leastScale, ticks, 3 * flat >= rows.length ? leastWithoutRange : 0);
}

/** Prices that differ by less are one price, written twice. */
const sameShare = 1e-6;

/** The smallest step between prices of some bars: on a coarse grid one tick is no jump. */
function tickOf({ open, high, low, close }: JudgedSeries, rows: readonly number[]): number {
  const prices = Float64Array.from(
    rows.flatMap((at) => [open, high, low, close].map((column) => column[at] ?? NaN)),
  );
  prices.sort();
  let tick = Infinity;
  for (let at = 1; at < prices.length; at += 1) {
    const step = (prices[at] ?? NaN) - (prices[at - 1] ?? NaN);
    if (step > sameShare * (prices[at] ?? NaN) && step < tick) tick = step;
  }
  return tick === Infinity ? 0 : tick;
}
