import type { CashFactor } from './cash-factor.ts';
import type { MarketSource } from './market-source.ts';

/** A market and the instant at which it is asked, epoch milliseconds. */
export interface MarketNow {
  readonly source: MarketSource;
  readonly cashFactor: CashFactor;
  readonly nowMs: number;
}
