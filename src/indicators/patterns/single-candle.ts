import {
  isBearishHammer,
  isBearishInvertedHammer,
  isBullishHammer,
  isBullishInvertedHammer,
  isDoji,
  nearlyEqual,
} from './candle.ts';
import type { Pattern } from './pattern.ts';

export const singleCandlePatterns: readonly Pattern[] = [
  { name: 'doji', directions: [], holds: isDoji },
  {
    name: 'dragonfly_doji',
    directions: [],
    holds: ({ open, high, low, close }) =>
      nearlyEqual(open, close) && nearlyEqual(open, high) && !nearlyEqual(close, low),
  },
  {
    name: 'gravestone_doji',
    directions: [],
    holds: ({ open, high, low, close }) =>
      nearlyEqual(open, close) && nearlyEqual(close, low) && !nearlyEqual(open, high),
  },
  { name: 'bullish_hammer', directions: ['bullish'], holds: isBullishHammer },
  { name: 'bearish_hammer', directions: ['bearish'], holds: isBearishHammer },
  { name: 'bullish_inverted_hammer', directions: ['bullish'], holds: isBullishInvertedHammer },
  { name: 'bearish_inverted_hammer', directions: ['bearish'], holds: isBearishInvertedHammer },
  {
    name: 'bullish_marubozu',
    directions: ['bullish'],
    holds: ({ open, high, low, close }) => nearlyEqual(close, high) && nearlyEqual(low, open),
  },
  {
    name: 'bearish_marubozu',
    directions: ['bearish'],
    holds: ({ open, high, low, close }) => nearlyEqual(open, high) && nearlyEqual(low, close),
  },
];
