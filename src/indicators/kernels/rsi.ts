import type { Arena } from '../arena.ts';
import { wilderAverage } from './wilder-average.ts';

/** Wilder's relative strength index, 100 * G / (G + L) of the average gain and loss; 0 where nothing ever moved. */
export function rsi(arena: Arena, close: Float64Array, bars: number): Float64Array {
  const values = arena.newColumn(close.length);
  let [gain, loss] = [0, 0];
  for (let row = 1; row < close.length; row += 1) {
    const change = (close[row] ?? NaN) - (close[row - 1] ?? NaN);
    gain = wilderAverage(gain, change > 0 ? change : 0, row, bars);
    loss = wilderAverage(loss, change < 0 ? -change : 0, row, bars);
    if (row >= bars) values[row] = gain + loss === 0 ? 0 : 100 * (gain / (gain + loss));
  }
  return values;
}
