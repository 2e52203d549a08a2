import type { Prices } from '../price-series.ts';

export interface Candle {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

export function candlesOf({ open, high, low, close }: Prices): readonly Candle[] {
  const candles: Candle[] = [];
  for (let row = 0; row < open.length; row += 1)
    candles.push({
      open: open[row] ?? NaN,
      high: high[row] ?? NaN,
      low: low[row] ?? NaN,
      close: close[row] ?? NaN,
    });
  return candles;
}

export function isBullish({ open, close }: Candle): boolean {
  return close > open;
}

export function isBearish({ open, close }: Candle): boolean {
  return close < open;
}

/** Equal within a thousandth of the first price. */
export function nearlyEqual(price: number, other: number): boolean {
  // The last factor keeps exactly a thousandth inside, however the subtraction is rounded.
  return Math.abs(price - other) <= price * 0.001 * (1 + 1e-9);
}

export function midpoint({ open, close }: Candle): number {
  return (open + close) / 2;
}

/** Open and close are nearly one, and neither or both shadows lack. */
export function isDoji({ open, high, low, close }: Candle): boolean {
  return nearlyEqual(open, close) && nearlyEqual(open, high) === nearlyEqual(close, low);
}

/** A bullish body at the top over a lower shadow of at least twice its length. */
export function isBullishHammer(candle: Candle): boolean {
  const { open, high, low, close } = candle;
  return isBullish(candle) && nearlyEqual(close, high) && open - low >= 2 * (close - open);
}

/** The same with a bearish body. */
export function isBearishHammer(candle: Candle): boolean {
  const { open, high, low, close } = candle;
  return isBearish(candle) && nearlyEqual(open, high) && close - low >= 2 * (open - close);
}

/** A bullish body at the bottom under an upper shadow of at least twice its length. */
export function isBullishInvertedHammer(candle: Candle): boolean {
  const { open, high, low, close } = candle;
  return isBullish(candle) && nearlyEqual(open, low) && high - close >= 2 * (close - open);
}

/** The same with a bearish body. */
export function isBearishInvertedHammer(candle: Candle): boolean {
  const { open, high, low, close } = candle;
  return isBearish(candle) && nearlyEqual(close, low) && high - open >= 2 * (open - close);
}

export function isHammer(candle: Candle): boolean {
  return isBullishHammer(candle) || isBearishHammer(candle);
}

export function isInvertedHammer(candle: Candle): boolean {
  return isBullishInvertedHammer(candle) || isBearishInvertedHammer(candle);
}
