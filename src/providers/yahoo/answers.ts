import type { CorporateAction } from '../../domain/corporate-action.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { FundamentalStatement, KeyStatistics, SeriesAnswer } from '../provider.ts';

/** Rows that are no bars, by reason. */
export type LeftOut = {
  /** No value at all: Yahoo's placeholder. */
  readonly nullRows: number;
  /** Some values, not all. */
  readonly partlyNull: number;
  /** On no session, or where none of its bars begins: a 16:00 row, or one stamped with the moment of the last trade. */
  readonly offSession: number;
  /** Says the same as another row, or was superseded by the live one. */
  readonly duplicates: number;
  /** Events that say nothing: a ratio or an amount that is not above zero. */
  readonly brokenEvents: number;
};

/** One symbol's bars as observed, under the symbol that was asked for: adjusted for the splits up to `splitBasis`. */
export interface YahooSeries extends SeriesAnswer {
  /** The events of the range, oldest first; of splits after it Yahoo says nothing. */
  readonly actions: readonly CorporateAction[];
  readonly splitBasis: SessionDate;
  readonly leftOut: LeftOut;
}

export type StatementKind = FundamentalStatement['statement'];
export type Frequency = FundamentalStatement['frequency'];
export type StatisticsModule = 'defaultKeyStatistics' | 'financialData' | 'summaryDetail';

/** Key statistics by the modules of Yahoo that are asked for. */
export interface YahooStatistics extends KeyStatistics {
  /** Raw values; dates are epoch seconds. A module that Yahoo lacks for the symbol is empty. */
  readonly modules: Readonly<Record<StatisticsModule, Readonly<Record<string, number | string | null>>>>;
}
