import { isHammer, isInvertedHammer, type Candle } from './candle.ts';
import type { Pattern } from './pattern.ts';

/** The first three candles are the trend, by their closes. Then a candle against it, and one that confirms that. */
export const fiveCandlePatterns: readonly Pattern[] = [
  {
    name: 'hammer',
    directions: ['bullish'],
    holds: (last, candle, third, _, first) =>
      isHammer(candle) && falls(first, third) && confirmsRise(last, candle),
  },
  {
    name: 'inverted_hammer',
    directions: ['bullish'],
    holds: (last, candle, third, _, first) =>
      isInvertedHammer(candle) && falls(first, third) && confirmsRise(last, candle),
  },
  {
    name: 'hanging_man',
    directions: ['bearish'],
    holds: (last, candle, third, _, first) =>
      isHammer(candle) && rises(first, third) && confirmsFall(last, candle),
  },
  {
    name: 'shooting_star',
    directions: ['bearish'],
    holds: (last, candle, third, _, first) =>
      isInvertedHammer(candle) && rises(first, third) && confirmsFall(last, candle),
  },
  {
    name: 'tweezer_bottom',
    directions: [],
    holds: (last, before, third, _, first) => last.low === before.low && falls(first, third),
  },
  {
    name: 'tweezer_top',
    directions: [],
    holds: (last, before, third, _, first) => last.high === before.high && rises(first, third),
  },
];

function falls(first: Candle, third: Candle): boolean {
  return third.close < first.close;
}

function rises(first: Candle, third: Candle): boolean {
  return third.close > first.close;
}

function confirmsRise(last: Candle, candle: Candle): boolean {
  return last.close > candle.close;
}

function confirmsFall(last: Candle, candle: Candle): boolean {
  return last.close < candle.close;
}
