import type { SessionDate } from '../../domain/session.ts';
import type { SplitTerms } from './split-terms.ts';

/** Where an action is told of otherwise than it should be; instants in epoch milliseconds. */
export interface ActionNews {
  readonly polygonListsFromMs?: number;
  readonly yahooListsFromMs?: number;
  /** Yahoo adjusts its prices only from then. */
  readonly yahooAppliesFromMs?: number;
  /** Yahoo adjusts its prices twice over. */
  readonly yahooAppliesTwice?: true;
  /** Listed twice. */
  readonly duplicate?: true;
  readonly onlyBy?: 'polygon' | 'yahoo';
}

/** A corporate action of the simulated market; it takes effect before the open of `exDate`. */
export interface SimulatedAction {
  readonly kind: 'split' | 'spin_off' | 'cash_dividend';
  readonly exDate: SessionDate;
  /** Of a spin-off: the price before to the price after; null of a dividend. */
  readonly terms: SplitTerms | null;
  /** Cash a share as of the ex-date; null where shares are given. */
  readonly amount: number | null;
  readonly special: boolean;
  /** False for what is only told of and never happened to the prices. */
  readonly inPrices: boolean;
  readonly news: ActionNews;
}

/** Shares afterwards per share before; 1 where none are given. */
export function ratioOf({ terms }: SimulatedAction): number {
  return terms === null ? 1 : terms.to / terms.from;
}

export function byExDate(a: SimulatedAction, b: SimulatedAction): number {
  return a.exDate < b.exDate ? -1 : a.exDate > b.exDate ? 1 : 0;
}
