/** Bars of one instrument from one source, oldest first, a column a value; prices in the shares of one day. */
export interface JudgedSeries {
  /** The session of each bar, days since 1970-01-01. */
  readonly day: Int32Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  /** False of funds, indices and currencies: their volume says nothing. */
  readonly hasVolume: boolean;
  /** The sessions of which a bar is expected, those between the first and the last among them, oldest first; null: not known. */
  readonly sessions: Int32Array | null;
}

export const priceFields = ['open', 'high', 'low', 'close'] as const;
