import {
  isBearish,
  isBearishHammer,
  isBearishInvertedHammer,
  isBullish,
  isBullishHammer,
  isBullishInvertedHammer,
  isDoji,
  nearlyEqual,
} from './candle.ts';
import type { Pattern } from './pattern.ts';

export const singleCandlePatterns: readonly Pattern[] = [
  { name: 'doji', holds: isDoji },
  {
    name: 'dragonfly_doji',
    holds: ({ open, high, low, close }) =>
      nearlyEqual(open, close) && nearlyEqual(open, high) && !nearlyEqual(close, low),
  },
  {
    name: 'gravestone_doji',
    holds: ({ open, high, low, close }) =>
      nearlyEqual(open, close) && nearlyEqual(close, low) && !nearlyEqual(open, high),
  },
  { name: 'bullish_hammer', holds: isBullishHammer },
  { name: 'bearish_hammer', holds: isBearishHammer },
  { name: 'bullish_inverted_hammer', holds: isBullishInvertedHammer },
  { name: 'bearish_inverted_hammer', holds: isBearishInvertedHammer },
  {
    name: 'bullish_marubozu',
    holds: (last) =>
      isBullish(last) && nearlyEqual(last.close, last.high) && nearlyEqual(last.low, last.open),
  },
  {
    name: 'bearish_marubozu',
    holds: (last) =>
      isBearish(last) && nearlyEqual(last.open, last.high) && nearlyEqual(last.low, last.close),
  },
];
