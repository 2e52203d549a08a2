import type { SessionDate } from '../../domain/session.ts';
import type { MarketInstrument } from './market-source.ts';

/** The `to` of what has no end. */
export const lastDate: SessionDate = '9999-12-31';

/** A company under one of its tickers. */
export interface Tenure {
  /** Its `symbol` is what the market's source calls it, whatever its tickers. */
  readonly company: MarketInstrument;
  readonly ticker: string;
  readonly market: 'stocks' | 'otc';
  /** The first day; empty: since ever. */
  readonly from: SessionDate;
  /** The last day. */
  readonly to: SessionDate;
}

/** True when the ticker was the company's on that date. */
export function isBorneOn({ from, to }: Pick<Tenure, 'from' | 'to'>, date: SessionDate): boolean {
  return from <= date && date <= to;
}
