import type { AdjustedSteps } from '../domain/adjusted-steps.ts';
import type { BarColumns } from '../domain/bar-columns.ts';
import type { DailyBar } from '../domain/bar.ts';
import type { Interval } from '../domain/interval.ts';
import type { CorporateAction } from '../domain/corporate-action.ts';
import type { DateRange } from '../domain/date-range.ts';
import type { InstrumentReference } from '../domain/instrument.ts';
import type { Lane } from '../domain/lane.ts';
import type { RateLimited } from '../domain/provider-errors.ts';
import type { RejectedRecord } from '../domain/rejected-record.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';

/** Rows of one key that disagree; none of them is a bar. */
export interface Conflict {
  readonly symbol: string;
  readonly session: SessionDate;
  readonly rows: readonly DailyBar[];
}

interface Answered {
  /** HTTP requests made, pages counted each. */
  readonly requests: number;
  /** When the provider answered, ISO 8601, by its own clock where it tells and is believed. */
  readonly observedAt: string;
}

interface BarsAnswer extends Answered {
  readonly conflicts: readonly Conflict[];
  /** Rows of what was asked for that cannot be; none of them is a bar. */
  readonly rejected: readonly RejectedRecord[];
  /** Rows outside of what was asked for, left out. */
  readonly outside: number;
}

/** All pages of one symbol: bars oldest first, one for each session or part of it. */
export interface SeriesAnswer extends BarsAnswer {
  readonly symbol: string;
  readonly bars: BarColumns;
  /** The source has adjusted the prices for the splits up to this date; absent: as traded. */
  readonly splitBasis?: SessionDate;
  /** Corporate actions that came along, those of the asked range only. */
  readonly actions?: readonly CorporateAction[];
  /** Records of actions that cannot be, those of the asked range only. */
  readonly rejectedActions?: readonly RejectedRecord[];
  /** Rows that are no bars, counted by why not. */
  readonly leftOut?: Readonly<Record<string, number>>;
  /** What it says besides of closes adjusted for dividends; absent: nothing. */
  readonly adjusted?: AdjustedSteps;
  /** It has as many rows as a limit lets through, and no next page: it may end before its time. */
  readonly isCut?: boolean;
}

/** Which bars of one symbol. */
export interface SeriesWish {
  readonly interval: Interval;
  readonly range: DateRange;
  /** An answer in another currency is refused; unset: any. */
  readonly currency?: string;
}

/** One session of the whole market, one bar a symbol, in the provider's order. */
export interface MarketDayAnswer extends BarsAnswer {
  readonly session: SessionDate;
  /** Whose bar each row is. */
  readonly symbols: readonly string[];
  readonly bars: BarColumns;
}

/** One page of the provider's list of instruments; `next` continues it, null at the end. */
export interface InstrumentPage {
  readonly instruments: readonly InstrumentReference[];
  readonly rejected: readonly RejectedRecord[];
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
  readonly rejected: readonly RejectedRecord[];
  readonly observedAt: string;
  readonly next: string | null;
}

export type ActionList = 'splits' | 'dividends';

/** Who asks: whose requests go first, and what breaks them off. */
export interface Caller {
  readonly signal: AbortSignal;
  readonly lane: Lane;
}

/** What the caller may give along: who it is, and a count of the HTTP requests made, failed ones too. */
export interface RequestOptions extends Partial<Caller> {
  readonly onRequest?: () => void;
  /** Hears what the `Date` of an answer said that is too far from our clock to be believed. */
  readonly onWrongClock?: (told: string) => void;
  /** The caller does not wait longer than that for its turn; unset, as long as it takes. */
  readonly patienceMs?: number;
}

/** How a request ended, as far as the right to send others goes. */
export type RequestEnd = 'served' | 'undecided' | RateLimited;

/** The right to send one request. */
export interface Permit {
  /** Hears how the request ended before its caller does. */
  ended(end: RequestEnd): Promise<void>;
}

/** Whose a capability is. Every method of one throws a `ProviderError` subclass. */
interface Capability {
  readonly name: SourceName;
}

/** Bars by symbol: what every source has. */
export interface SeriesProvider extends Capability {
  series(symbol: string, wish: SeriesWish, options?: RequestOptions): Promise<SeriesAnswer>;
  /** The instrument under that ticker, delisted ones included where they are known; null when the provider knows none. */
  lookUp(symbol: string, options?: RequestOptions): Promise<InstrumentReference | null>;
}

/** Tells of the whole market at once; its prices are raw, as traded. */
export interface WholeMarket extends Capability {
  marketDay(session: SessionDate, options?: RequestOptions): Promise<MarketDayAnswer>;
}

/** Lists the instruments there are, page by page. */
export interface ReferenceLists extends Capability {
  listInstruments(
    page: { readonly active: boolean; readonly next: string | null },
    options?: RequestOptions,
  ): Promise<InstrumentPage>;
}

/** Since when an instrument is said to bear a ticker. */
export interface TickerChange {
  readonly ticker: string;
  readonly date: SessionDate;
}

/** Tells who bore which ticker on a past day. */
/** Where instruments are traded: at exchanges, or over the counter. */
export type TradingPlace = 'stocks' | 'otc';

/** Which page of who was traded on a day. */
export interface PastPageWish {
  /** Null: now. */
  readonly date: SessionDate | null;
  readonly place: TradingPlace;
  readonly next: string | null;
}

export interface PastReference extends Capability {
  /** One page of who was listed on that day, or traded over the counter; `next` continues it. */
  listOn(page: PastPageWish, options?: RequestOptions): Promise<InstrumentPage>;
  /** Who bore a ticker on that day; null: nobody. */
  bearerOn(
    wish: { readonly ticker: string; readonly date: SessionDate },
    options?: RequestOptions,
  ): Promise<InstrumentReference | null>;
  /** All tickers of the instrument with that FIGI, in any order; null: it is not known. */
  tickerChanges(figi: string, options?: RequestOptions): Promise<readonly TickerChange[] | null>;
}

/** Which page of the market's corporate actions. */
export interface ActionPageWish {
  readonly list: ActionList;
  readonly range: DateRange;
  readonly next: string | null;
}

/** Lists the corporate actions of the whole market, page by page. */
export interface ActionLists extends Capability {
  /** The splits or cash dividends whose ex-date is in a range, announced ones included. */
  listActions(page: ActionPageWish, options?: RequestOptions): Promise<ActionPage>;
}

/** One statement of one period; a value that is absent was not given, and 0 is a value. */
export interface FundamentalStatement {
  readonly statement: 'financials' | 'balance_sheet' | 'cash_flow';
  readonly frequency: 'annual' | 'quarterly' | 'trailing';
  /** Weeks before anyone knew the values. */
  readonly periodEnd: SessionDate;
  /** ISO 4217; null where the source does not say. Of values in two currencies there are two statements. */
  readonly currency: string | null;
  /** By name, such as `totalRevenue`, `EBITDA`. */
  readonly values: Readonly<Record<string, number>>;
}

/** All that one symbol's company has stated. */
export interface Statements extends Answered {
  readonly statements: readonly FundamentalStatement[];
  /** Values that cannot be. */
  readonly rejected: readonly RejectedRecord[];
}

/** One symbol's key statistics, module by module. */
export interface KeyStatistics extends Answered {
  readonly modules: Readonly<Record<string, Readonly<Record<string, number | string | null>>>>;
}

/** What companies report. */
export interface FundamentalsProvider extends Capability {
  fundamentals(symbol: string, options?: RequestOptions): Promise<Statements>;
  keyStatistics(symbol: string, options?: RequestOptions): Promise<KeyStatistics>;
}
