import type { Arena } from '../arena.ts';
import type { Prices } from '../price-series.ts';
import { candlesOf, isBearish, isBullish, type Candle } from './candle.ts';
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
export function findPatterns(arena: Arena, prices: Prices): Float64Array {
  const candles = candlesOf(prices);
  const sets = arena.newColumn(candles.length);
  let ways = 0;
  for (let row = 0; row < sets.length; row += 1) {
    ways = (ways * 3 + wayOf(candles[row])) % 27;
    if (row >= patternBars - 1) sets[row] = setAt(candles, row, candidates[ways]);
  }
  return sets;
}

/** A pattern with its part in the sum. */
interface Candidate {
  readonly holds: Pattern['holds'];
  readonly element: number;
}

function setAt(candles: readonly Candle[], row: number, possible: readonly Candidate[] = []): number {
  const [last, second] = [candles[row], candles[row - 1]];
  const [third, fourth, fifth] = [candles[row - 2], candles[row - 3], candles[row - 4]];
  if (!last || !second || !third || !fourth || !fifth) return NaN;
  let set = 0;
  for (const { holds, element } of possible) if (holds(last, second, third, fourth, fifth)) set += element;
  return set;
}

function wayOf(candle: Candle | undefined): number {
  if (candle === undefined) return 0;
  if (isBullish(candle)) return 1;
  return isBearish(candle) ? 2 : 0;
}

/** The patterns that the ways of three candles leave possible, by the digits of those ways in base 3, latest last. */
const candidates: readonly (readonly Candidate[])[] = Array.from({ length: 27 }, (_, ways) =>
  patterns
    .map(({ holds, directions }, at) => ({ holds, directions, element: 2 ** at }))
    .filter(({ directions }) =>
      directions.every((direction, back) => {
        const way = Math.floor(ways / 3 ** back) % 3;
        return direction === 'any' || way === (direction === 'bullish' ? 1 : 2);
      }),
    ),
);

/** The names of a set of patterns, sorted. */
export function patternNames(set: number): readonly string[] {
  return patterns.filter((_, bit) => Math.floor(set / 2 ** bit) % 2 === 1).map(({ name }) => name);
}
