import type { BarColumns } from '../../domain/bar-columns.ts';
import type { Interval } from '../../domain/interval.ts';
import type { SourceName } from '../../domain/source.ts';

/** Whose bars are written, by which run. */
export interface BarOrigin {
  readonly source: SourceName;
  readonly interval: Interval;
  readonly runId: string;
}

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
