import type { DailyBar } from '../../domain/bar.ts';
import type { DateRange } from '../../domain/date-range.ts';
import type { InstrumentReference } from '../../domain/instrument.ts';
import type { Session, SessionDate } from '../../domain/session.ts';
import type { SimulatedAction } from './simulated-action.ts';

/** The exchange calendar, injected: the simulator knows none of its own. */
export interface SessionCalendar {
  sessionsBetween(range: DateRange): readonly Session[];
}

/** What is known of an instrument; whether it is active follows from the date it is asked for. */
export interface MarketInstrument extends Omit<InstrumentReference, 'active'> {
  /** Has hours without a trade. */
  readonly illiquid?: boolean;
  /** What stays when its ticker changes; unset: its symbol. */
  readonly company?: string;
}

/** One instrument's bar within a market day. */
export interface MarketRow {
  readonly symbol: string;
  readonly bar: DailyBar;
}

/** Where the simulated market's numbers come from; it knows no clock and may hold sessions that are still to come. */
export interface MarketSource {
  /** Sorted by symbol, by code unit. */
  readonly instruments: readonly MarketInstrument[];
  /** Case-sensitive. */
  find(symbol: string): MarketInstrument | undefined;
  /** As traded, oldest first; none for an unknown symbol. */
  bars(symbol: string, range: DateRange): readonly DailyBar[];
  /** Every instrument that has a bar, sorted by symbol; none on a day without a session. */
  marketDay(session: SessionDate): readonly MarketRow[];
  /** By ex-date, those to come as well; none for an unknown symbol. */
  actions(symbol: string): readonly SimulatedAction[];
  /** The instant of the session's open, epoch milliseconds. */
  opensAtMs(session: SessionDate): number;
  /** The instant of the session's close, epoch milliseconds. */
  closesAtMs(session: SessionDate): number;
  /** The last session up to that date, the date included; null before the calendar's first one. */
  sessionUpTo(date: SessionDate): SessionDate | null;
}

/** What an instrument's figures follow from, whatever its ticker. */
export function companyOf({ company, symbol }: MarketInstrument): string {
  return company ?? symbol;
}

/** True when the instrument traded on that date; `delistedOn` is the last day of trading. */
export function isListedOn(
  { listedOn, delistedOn }: Pick<MarketInstrument, 'listedOn' | 'delistedOn'>,
  date: SessionDate,
): boolean {
  return (listedOn === null || listedOn <= date) && (delistedOn === null || date <= delistedOn);
}

/** Sorts by code unit, as Polygon lists tickers: capitals before small letters. */
export function bySymbol(a: { readonly symbol: string }, b: { readonly symbol: string }): number {
  return a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0;
}
