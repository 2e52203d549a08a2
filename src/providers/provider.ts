import type { BarColumns } from '../domain/bar-columns.ts';
import type { DailyBar } from '../domain/bar.ts';
import type { Interval } from '../domain/interval.ts';
import type { CorporateAction } from '../domain/corporate-action.ts';
import type { DateRange } from '../domain/date-range.ts';
import type { InstrumentReference } from '../domain/instrument.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';

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

/** All pages of one symbol: bars oldest first, one for each session or part of it. */
export interface SeriesAnswer extends Answer {
  readonly symbol: string;
  readonly bars: BarColumns;
  /** The source has adjusted the prices for the splits up to this date; absent: as traded. */
  readonly splitBasis?: SessionDate;
  /** Corporate actions that came along, those of the asked range only. */
  readonly actions?: readonly CorporateAction[];
  /** Rows that are no bars, counted by why not. */
  readonly leftOut?: Readonly<Record<string, number>>;
}

/** Which bars of one symbol. */
export interface SeriesWish {
  readonly interval: Interval;
  readonly range: DateRange;
  /** An answer in another currency is refused; unset: any. */
  readonly currency?: string;
}

/** One session of the whole market, one bar a symbol, in the provider's order. */
export interface MarketDayAnswer extends Answer {
  readonly session: SessionDate;
  /** Whose bar each row is. */
  readonly symbols: readonly string[];
  readonly bars: BarColumns;
}

/** One page of the provider's list of instruments; `next` continues it, null at the end. */
export interface InstrumentPage {
  readonly instruments: readonly InstrumentReference[];
  readonly next: string | null;
}

/** An action with the ticker that it was told under. */
export interface ListedAction {
  readonly symbol: string;
  readonly action: CorporateAction;
}

/** One page of the market's corporate actions; `next` continues it, null at the end. */
export interface ActionPage {
  readonly actions: readonly ListedAction[];
  /** Records that cannot be: no date, or nothing of something. */
  readonly refused: number;
  readonly observedAt: string;
  readonly next: string | null;
}

export type ActionList = 'splits' | 'dividends';

/** What the caller may give along: cancellation, and a count of the HTTP requests made, failed ones too. */
export interface RequestOptions {
  readonly signal?: AbortSignal;
  readonly onRequest?: () => void;
  /** The caller does not wait longer than that for its turn; unset, as long as it takes. */
  readonly patienceMs?: number;
}

/**
 * A source of bars. Every method throws a `ProviderError` subclass. Whoever makes one passes `beforeRequest`, which is
 * awaited before each HTTP request: that is where pacing lives.
 */
export interface SeriesProvider {
  readonly name: SourceName;
  series(symbol: string, wish: SeriesWish, options?: RequestOptions): Promise<SeriesAnswer>;
  /** The instrument under that ticker, delisted ones included where they are known; null when the provider knows none. */
  lookUp(symbol: string, options?: RequestOptions): Promise<InstrumentReference | null>;
}

/** One statement of one period; a value that is absent was not given, and 0 is a value. */
export interface FundamentalStatement {
  readonly statement: 'financials' | 'balance_sheet' | 'cash_flow';
  readonly frequency: 'annual' | 'quarterly' | 'trailing';
  /** Weeks before anyone knew the values. */
  readonly periodEnd: SessionDate;
  readonly currency: string | null;
  readonly values: Readonly<Record<string, number>>;
}

type Statistics = Readonly<Record<string, Readonly<Record<string, number | string | null>>>>;

/** A source of what companies report. */
export interface FundamentalsProvider {
  readonly name: SourceName;
  fundamentals(
    symbol: string,
    options?: RequestOptions,
  ): Promise<
    Pick<Answer, 'requests' | 'observedAt'> & { readonly statements: readonly FundamentalStatement[] }
  >;
  keyStatistics(
    symbol: string,
    options?: RequestOptions,
  ): Promise<Pick<Answer, 'requests' | 'observedAt'> & { readonly modules: Statistics }>;
}

/** A source that also tells of the whole market at once; its prices are raw, as traded. */
export interface BarProvider extends SeriesProvider {
  marketDay(session: SessionDate, options?: RequestOptions): Promise<MarketDayAnswer>;
  /** The market's splits or cash dividends whose ex-date is in a range, announced ones included. */
  listActions(
    page: { readonly list: ActionList; readonly range: DateRange; readonly next: string | null },
    options?: RequestOptions,
  ): Promise<ActionPage>;
  listInstruments(
    page: { readonly active: boolean; readonly next: string | null },
    options?: RequestOptions,
  ): Promise<InstrumentPage>;
}
