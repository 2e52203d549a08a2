import type { Prices } from '../price-series.ts';
import { candlesOf, type Candle } from './candle.ts';
import { fiveCandlePatterns } from './five-candles.ts';
import type { Pattern } from './pattern.ts';
import { singleCandlePatterns } from './single-candle.ts';
import { threeCandlePatterns } from './three-candles.ts';
import { twoCandlePatterns } from './two-candles.ts';

/**
 * Sorted by name. Told as in `technicalindicators`, which takes three hundred times as long, and stricter where it takes in
 * too much (tests/unit/indicators/second-opinion.test.ts says where); its spinning tops and abandoned baby are left out,
 * being wrong.
 */
export const patterns: readonly Pattern[] = [
  ...singleCandlePatterns,
  ...twoCandlePatterns,
  ...threeCandlePatterns,
  ...fiveCandlePatterns,
].sort((a, b) => (a.name < b.name ? -1 : 1));

/** The most candles that a pattern looks at. */
export const patternBars = 5;

/** For each row from the fifth the patterns that end there, as a set: the sum of 2^n for the n-th of `patterns`. */
export function findPatterns(prices: Prices): Float64Array {
  const candles = candlesOf(prices);
  const sets = new Float64Array(candles.length).fill(NaN);
  for (let row = patternBars - 1; row < sets.length; row += 1) sets[row] = setAt(candles, row);
  return sets;
}

function setAt(candles: readonly Candle[], row: number): number {
  const [last, second] = [candles[row], candles[row - 1]];
  const [third, fourth, fifth] = [candles[row - 2], candles[row - 3], candles[row - 4]];
  if (!last || !second || !third || !fourth || !fifth) return NaN;
  let [set, element] = [0, 1];
  for (const { holds } of patterns) {
    if (holds(last, second, third, fourth, fifth)) set += element;
    element *= 2;
  }
  return set;
}

const namesOfSet = new Map<number, readonly string[]>();

/** The names of a set of patterns, sorted. */
export function patternNames(set: number): readonly string[] {
  const known = namesOfSet.get(set);
  if (known !== undefined) return known;
  const names = patterns.filter((_, bit) => Math.floor(set / 2 ** bit) % 2 === 1).map(({ name }) => name);
  namesOfSet.set(set, names);
  return names;
}
