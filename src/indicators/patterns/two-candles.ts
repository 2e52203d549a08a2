import { midpoint, nearlyEqual, type Candle } from './candle.ts';
import type { Pattern } from './pattern.ts';

export const twoCandlePatterns: readonly Pattern[] = [
  {
    name: 'bullish_engulfing',
    directions: ['bullish', 'bearish'],
    holds: (last, before) => last.open < before.close && last.close > before.open,
  },
  {
    name: 'bearish_engulfing',
    directions: ['bearish', 'bullish'],
    holds: (last, before) => last.open > before.close && last.close < before.open,
  },
  { name: 'bullish_harami', directions: ['any', 'bearish'], holds: isBullishHarami },
  { name: 'bearish_harami', directions: ['any', 'bullish'], holds: isBearishHarami },
  {
    name: 'bullish_harami_cross',
    directions: ['any', 'bearish'],
    holds: (last, before) => isBullishHarami(last, before) && nearlyEqual(last.open, last.close),
  },
  {
    name: 'bearish_harami_cross',
    directions: ['any', 'bullish'],
    holds: (last, before) => isBearishHarami(last, before) && nearlyEqual(last.open, last.close),
  },
  {
    name: 'piercing_line',
    directions: ['bullish', 'bearish'],
    holds: (last, before) =>
      last.open < before.low && last.close > midpoint(before) && last.close < before.open,
  },
  {
    name: 'dark_cloud_cover',
    directions: ['bearish', 'bullish'],
    holds: (last, before) =>
      last.open > before.high && last.close < midpoint(before) && last.close > before.open,
  },
];

/** A body within the bearish one before, under its high. */
function isBullishHarami(last: Candle, before: Candle): boolean {
  return (
    last.high < before.high &&
    Math.min(last.open, last.close) > before.close &&
    Math.max(last.open, last.close) < before.open
  );
}

/** A candle within the bullish one before, its lower shadow above the open, under the high. */
function isBearishHarami(last: Candle, before: Candle): boolean {
  return last.high < before.high && last.low > before.open && Math.max(last.open, last.close) < before.close;
}
