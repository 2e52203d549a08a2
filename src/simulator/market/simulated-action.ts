import { addDays } from '../../domain/date-range.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
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

/** The market's clock, with the dates that follow from it. */
export interface Moment {
  readonly nowMs: number;
  readonly today: SessionDate;
  /** Actions up to then are announced. */
  readonly announcedThrough: SessionDate;
}

const announcedDays = 30;

export function momentOf(nowMs: number): Moment {
  const today = exchangeDate(nowMs);
  return { nowMs, today, announcedThrough: addDays(today, announcedDays) };
}

/** True when Polygon lists the action: 30 days before the ex-date unless scripted. Its splits have no spin-offs. */
export function polygonLists({ kind, exDate, news }: SimulatedAction, moment: Moment): boolean {
  if (kind === 'spin_off' || news.onlyBy === 'yahoo') return false;
  const { polygonListsFromMs: from } = news;
  return from === undefined ? exDate <= moment.announcedThrough : from <= moment.nowMs;
}

/** True when Yahoo has the action among its events: from the ex-date on unless scripted, never before it. */
export function yahooLists({ exDate, news }: SimulatedAction, { today, nowMs }: Moment): boolean {
  return exDate <= today && news.onlyBy !== 'polygon' && (news.yahooListsFromMs ?? -Infinity) <= nowMs;
}

/** How often Yahoo's prices are adjusted for the action: once from the ex-date on unless scripted. */
export function yahooApplies({ exDate, inPrices, news }: SimulatedAction, { today, nowMs }: Moment): number {
  const { yahooAppliesFromMs: from, yahooAppliesTwice = false } = news;
  const applies = from === undefined ? inPrices && exDate <= today : from <= nowMs;
  return applies ? (yahooAppliesTwice ? 2 : 1) : 0;
}

/** Shares afterwards per share before; 1 where none are given. */
export function ratioOf({ terms }: SimulatedAction): number {
  return terms === null ? 1 : terms.to / terms.from;
}

export function byExDate(a: SimulatedAction, b: SimulatedAction): number {
  return a.exDate < b.exDate ? -1 : a.exDate > b.exDate ? 1 : 0;
}
