import { isBearish, isBullish, midpoint, nearlyEqual, type Candle } from './candle.ts';
import type { Pattern } from './pattern.ts';

export const twoCandlePatterns: readonly Pattern[] = [
  {
    name: 'bullish_engulfing',
    holds: (last, before) => isBearish(before) && last.open < before.close && last.close > before.open,
  },
  {
    name: 'bearish_engulfing',
    holds: (last, before) => isBullish(before) && last.open > before.close && last.close < before.open,
  },
  { name: 'bullish_harami', holds: isBullishHarami },
  { name: 'bearish_harami', holds: isBearishHarami },
  {
    name: 'bullish_harami_cross',
    holds: (last, before) => isBullishHarami(last, before) && nearlyEqual(last.open, last.close),
  },
  {
    name: 'bearish_harami_cross',
    holds: (last, before) => isBearishHarami(last, before) && nearlyEqual(last.open, last.close),
  },
  {
    name: 'piercing_line',
    holds: (last, before) =>
      isBearish(before) &&
      last.open < before.low &&
      last.close > midpoint(before) &&
      last.close < before.open,
  },
  {
    name: 'dark_cloud_cover',
    holds: (last, before) =>
      isBullish(before) &&
      last.open > before.high &&
      last.close < midpoint(before) &&
      last.close > before.open,
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
