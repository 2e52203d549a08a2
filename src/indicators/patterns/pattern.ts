import type { Candle } from './candle.ts';

/** A candlestick pattern: what holds of the candle it ends with and of those before, latest first. */
export interface Pattern {
  readonly name: string;
  readonly holds: (last: Candle, second: Candle, third: Candle, fourth: Candle, fifth: Candle) => boolean;
}
