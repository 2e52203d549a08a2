import type { BarColumns } from '../../domain/bar-columns.ts';

/** The bars of one answer on their way in: whose they are, where they came from, and which of them are final. */
export interface IncomingBars {
  readonly bars: BarColumns;
  /** Whose each bar is. */
  readonly instrumentIds: Int32Array;
  /** Bars of sessions up to this day, since 1970-01-01, are final. */
  readonly settledThrough: number;
  /** The splits up to this day, since 1970-01-01, are in the prices of each bar; null: all as traded. */
  readonly splitBasis: Int32Array | null;
  readonly endpoint: 'series' | 'market_day';
  /** ISO 8601. */
  readonly observedAt: string;
}
