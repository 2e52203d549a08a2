import { isPrice } from '../domain/possible-bar.ts';
import type { JudgedSeries } from './judged-series.ts';
import { movingNeighbours } from './moving-neighbours.ts';
import { fewest, spanAround } from './neighbours.ts';
import { SortedWindow } from './sorted-window.ts';

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
  const scaleAt = movingScale(series);
  return (row) => {
    const told = known[row] ?? NaN;
    return told === -1 ? (known[row] = scaleAt(row)) : told;
  };
}

/** Of the bars around a row that have a range, in their order. */
interface Around {
  readonly ranges: SortedWindow;
  readonly closes: SortedWindow;
  readonly prices: SortedWindow;
}

function movingScale(series: JudgedSeries): (row: number) => number {
  const { open, high, low, close } = series;
  const around = { ranges: new SortedWindow(), closes: new SortedWindow(), prices: new SortedWindow() };
  const change = (how: 'add' | 'remove') => (row: number) => {
    const [highest = NaN, lowest = NaN, last = NaN] = [high[row], low[row], close[row]];
    if (!isPrice(lowest) || !isPrice(highest)) return;
    around.ranges[how](Math.max(0, Math.log(highest / lowest)));
    around.closes[how](last);
    for (const price of [open[row] ?? NaN, highest, lowest, last]) around.prices[how](price);
  };
  const spanOf = (row: number) => spanAround(row, close.length);
  const moveTo = movingNeighbours({ spanOf, enter: change('add'), leave: change('remove') });
  return (row) => {
    moveTo(row);
    return scaleAmong(around);
  };
}

function scaleAmong({ ranges, closes, prices }: Around): number {
  if (ranges.size < fewest) return NaN;
  const flat = ranges.values.findLastIndex((range) => range === 0) + 1;
  const ticks = (leastTicks * tickOf(prices.values)) / closes.median();
  return Math.max(ranges.median(), leastScale, ticks, 3 * flat >= ranges.size ? leastWithoutRange : 0);
}

/** Prices that differ by less are one price, written twice. */
const sameShare = 1e-6;

/** The smallest step between prices in their order: on a coarse grid one tick is no jump. */
function tickOf(prices: Float64Array): number {
  let tick = Infinity;
  for (let at = 1; at < prices.length; at += 1) {
    const price = prices[at] ?? NaN;
    const step = price - (prices[at - 1] ?? NaN);
    if (step > sameShare * price && step < tick) tick = step;
  }
  return tick === Infinity ? 0 : tick;
}
