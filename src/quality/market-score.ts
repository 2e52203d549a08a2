import type { JudgedSeries } from './judged-series.ts';
import { medianOf } from './median.ts';
import { scaleOf } from './scale.ts';

/** Symbols without which a median says nothing of a market. */
const leastSymbols = 20;

/** Collects how far symbols went out of themselves each day: what one of them does where all do is no fault. */
export function marketScores(first: number, last: number) {
  const scores = new Map<number, number[]>();
  return {
    /** Adds a symbol's days from the first to the last (days since 1970-01-01). */
    add(series: JudgedSeries): void {
      const scale = scaleOf(series);
      for (const [row, day] of series.day.entries()) {
        if (day < first || day > last) continue;
        const score = farthest(series, row) / scale(row);
        if (!Number.isFinite(score)) continue;
        const own = scores.get(day);
        if (own === undefined) scores.set(day, [score]);
        else own.push(score);
      }
    },
    /** The median of each day of which enough symbols are known, in their scales. */
    medians(): ReadonlyMap<number, number> {
      const enough = scores.entries().filter(([, own]) => own.length >= leastSymbols);
      return new Map(enough.map(([day, own]) => [day, medianOf(own)]));
    },
  };
}

/** The farthest that a bar went, by its wicks or from the close before, as a logarithm. */
function farthest({ open, high, low, close }: JudgedSeries, row: number): number {
  const [first = NaN, last = NaN, before = NaN] = [open[row], close[row], close[row - 1]];
  const up = Math.log((high[row] ?? NaN) / Math.max(first, last));
  const down = Math.log(Math.min(first, last) / (low[row] ?? NaN));
  const step = Math.abs(Math.log(last / before));
  return Math.max(up, down, Number.isFinite(step) ? step : 0);
}
