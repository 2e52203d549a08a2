import { isBearish, isBullish, isDoji, midpoint, type Candle } from './candle.ts';
import type { Pattern } from './pattern.ts';

export const threeCandlePatterns: readonly Pattern[] = [
  { name: 'morning_star', holds: isMorningStar },
  { name: 'evening_star', holds: isEveningStar },
  {
    name: 'morning_doji_star',
    holds: (last, star, first) => isDoji(star) && isMorningStar(last, star, first),
  },
  {
    name: 'evening_doji_star',
    holds: (last, star, first) => isDoji(star) && isEveningStar(last, star, first),
  },
  {
    name: 'three_white_soldiers',
    holds: (last, second, first) =>
      isBullish(last) &&
      isBullish(second) &&
      isBullish(first) &&
      opensWithin(last, second) &&
      opensWithin(second, first) &&
      last.high > second.high &&
      second.high > first.high,
  },
  {
    name: 'three_black_crows',
    holds: (last, second, first) =>
      isBearish(last) &&
      isBearish(second) &&
      isBearish(first) &&
      opensWithin(last, second) &&
      opensWithin(second, first) &&
      last.low < second.low &&
      second.low < first.low,
  },
  {
    name: 'downside_tasuki_gap',
    holds: (last, second, first) =>
      isBearish(first) &&
      isBearish(second) &&
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
  return (
    isBearish(first) &&
    isBullish(last) &&
    star.high < first.low &&
    star.high < last.open &&
    last.close > midpoint(first)
  );
}

/** The star lies above both neighbours. */
function isEveningStar(last: Candle, star: Candle, first: Candle): boolean {
  return (
    isBullish(first) &&
    isBearish(last) &&
    star.low > first.high &&
    star.low > last.open &&
    last.close < midpoint(first)
  );
}
