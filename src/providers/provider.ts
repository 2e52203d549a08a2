import type { DailyBar } from '../domain/bar.ts';
import type { DateRange } from '../domain/date-range.ts';
import type { InstrumentReference } from '../domain/instrument.ts';
import type { SessionDate } from '../domain/session.ts';

/** Rows of one key that disagree; none of them is a bar. */
export interface Conflict {
  readonly symbol: string;
  readonly session: SessionDate;
  readonly rows: readonly DailyBar[];
}

interface Answer {
  /** HTTP requests made, pages counted each. */
  readonly requests: number;
  /** When the provider answered, ISO 8601, by its own clock where it tells. */
  readonly observedAt: string;
  readonly conflicts: readonly Conflict[];
  /** Rows outside of what was asked for, left out. */
  readonly outside: number;
}

/** All pages of one symbol: bars oldest first, one a session. */
export interface SeriesAnswer extends Answer {
  readonly symbol: string;
  readonly bars: readonly DailyBar[];
}

/** One session of the whole market, one bar a symbol, in the provider's order. */
export interface MarketDayAnswer extends Answer {
  readonly session: SessionDate;
  readonly rows: readonly { readonly symbol: string; readonly bar: DailyBar }[];
}

/** One page of the provider's list of instruments; `next` continues it, null at the end. */
export interface InstrumentPage {
  readonly instruments: readonly InstrumentReference[];
  readonly next: string | null;
}

/** What the caller may give along: cancellation, and a count of the HTTP requests made, failed ones too. */
export interface RequestOptions {
  readonly signal?: AbortSignal;
  readonly onRequest?: () => void;
  /** The caller does not wait longer than that for its turn; unset, as long as it takes. */
  readonly patienceMs?: number;
}

/**
 * A source of daily bars. Every method throws a `ProviderError` subclass; prices are raw, as traded.
 * Whoever makes one passes `beforeRequest`, which is awaited before each HTTP request: that is where pacing lives.
 */
export interface BarProvider {
  readonly name: string;
  dailyBars(symbol: string, range: DateRange, options?: RequestOptions): Promise<SeriesAnswer>;
  marketDay(session: SessionDate, options?: RequestOptions): Promise<MarketDayAnswer>;
  /** The instrument under that ticker, delisted ones included; null when the provider knows none. */
  lookUp(symbol: string, options?: RequestOptions): Promise<InstrumentReference | null>;
  listInstruments(
    page: { readonly active: boolean; readonly next: string | null },
    options?: RequestOptions,
  ): Promise<InstrumentPage>;
}
