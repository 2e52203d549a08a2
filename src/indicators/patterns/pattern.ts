import type { Candle } from './candle.ts';

/** A candlestick pattern: what holds of the candle it ends with and of those before, latest first. */
export interface Pattern {
  readonly name: string;
  /** Which way those candles go, in the same order; the ones left out may go any way. */
  readonly directions: readonly ('bullish' | 'bearish' | 'any')[];
  /** The rest, asked only where the directions are right. */
  readonly holds: (last: Candle, second: Candle, third: Candle, fourth: Candle, fifth: Candle) => boolean;
}
