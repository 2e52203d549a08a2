import { isDoji, midpoint, type Candle } from './candle.ts';
import type { Pattern } from './pattern.ts';

export const threeCandlePatterns: readonly Pattern[] = [
  { name: 'morning_star', directions: ['bullish', 'any', 'bearish'], holds: isMorningStar },
  { name: 'evening_star', directions: ['bearish', 'any', 'bullish'], holds: isEveningStar },
  {
    name: 'morning_doji_star',
    directions: ['bullish', 'any', 'bearish'],
    holds: (last, star, first) => isDoji(star) && isMorningStar(last, star, first),
  },
  {
    name: 'evening_doji_star',
    directions: ['bearish', 'any', 'bullish'],
    holds: (last, star, first) => isDoji(star) && isEveningStar(last, star, first),
  },
  {
    name: 'three_white_soldiers',
    directions: ['bullish', 'bullish', 'bullish'],
    holds: (last, second, first) =>
      opensWithin(last, second) &&
      opensWithin(second, first) &&
      last.high > second.high &&
      second.high > first.high,
  },
  {
    name: 'three_black_crows',
    directions: ['bearish', 'bearish', 'bearish'],
    holds: (last, second, first) =>
      opensWithin(last, second) &&
      opensWithin(second, first) &&
      last.low < second.low &&
      second.low < first.low,
  },
  {
    name: 'downside_tasuki_gap',
    directions: ['bullish', 'bearish', 'bearish'],
    holds: (last, second, first) =>
      second.high < first.low &&
      opensWithin(last, second) &&
      last.close > second.open &&
      last.close < first.close,
  },
];

function opensWithin({ open }: Candle, before: Candle): boolean {
  return open > Math.min(before.open, before.close) && open < Math.max(before.open, before.close);
}

/** The star lies below both neighbours. */
function isMorningStar(last: Candle, star: Candle, first: Candle): boolean {
  return star.high < first.low && star.high < last.open && last.close > midpoint(first);
}

/** The star lies above both neighbours. */
function isEveningStar(last: Candle, star: Candle, first: Candle): boolean {
  return star.low > first.high && star.low > last.open && last.close < midpoint(first);
}
