import type { SessionDate } from './session.ts';

/** One day of one instrument; prices in the instrument's currency as quoted, volume in shares (fractions exist). */
export interface DailyBar {
  readonly session: SessionDate;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** Volume-weighted average price; null where the provider gives none. */
  readonly vwap: number | null;
  /** Number of transactions; null where the provider gives none. */
  readonly trades: number | null;
}

/** A bar shorter than a session. */
export interface IntradayBar extends DailyBar {
  /** When the interval begins, ISO 8601 in UTC. */
  readonly opensAt: string;
}

/** True when both bars carry the same session and the same values. */
export function sameBar(a: DailyBar, b: DailyBar): boolean {
  return (
    a.session === b.session &&
    a.open === b.open &&
    a.high === b.high &&
    a.low === b.low &&
    a.close === b.close &&
    a.volume === b.volume &&
    a.vwap === b.vwap &&
    a.trades === b.trades
  );
}
