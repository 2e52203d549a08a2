import { barFields, type BarField } from '../domain/blocked.ts';
import type { SessionDate } from '../domain/session.ts';

export type PriceColumn = BarField;

/** Bars as columns of one length. */
export type Prices = Readonly<Record<PriceColumn, Float64Array>>;

/**
 * Split-adjusted bars of one instrument, oldest first. A row of NaN is a hole: a session that was expected and has no
 * bar. A session without trade has no row.
 */
export interface PriceSeries extends Prices {
  readonly sessions: readonly SessionDate[];
  /**
   * The fields of each row that are known to be wrong, as bits (`fieldBits`): to an indicator that needs one of them the
   * row is a session without trade. Null or absent: none is.
   */
  readonly blocked?: Uint8Array | null;
}

/** All that a bar has. */
export const priceColumns: readonly PriceColumn[] = barFields;

/** Throws a RangeError for columns of unequal length and for sessions out of order. */
export function checkSeries(series: PriceSeries): void {
  const { sessions } = series;
  for (const column of priceColumns) {
    const { length } = series[column];
    if (length !== sessions.length)
      throw new RangeError(`${column} has ${length} values for ${sessions.length} sessions`);
  }
  for (let at = 1; at < sessions.length; at += 1) {
    const [before = '', session = ''] = [sessions[at - 1], sessions[at]];
    if (session <= before) throw new RangeError(`session ${session} after ${before} is out of order`);
  }
}

/** The rows `from` up to, not including, `end`; the memory is shared. */
export function rowsOf({ open, high, low, close, volume }: Prices, from: number, end: number): Prices {
  return {
    open: open.subarray(from, end),
    high: high.subarray(from, end),
    low: low.subarray(from, end),
    close: close.subarray(from, end),
    volume: volume.subarray(from, end),
  };
}
