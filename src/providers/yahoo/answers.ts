import type { BarColumns } from '../../domain/bar-columns.ts';
import type { CorporateAction } from '../../domain/corporate-action.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { Conflict } from '../provider.ts';

interface Answer {
  /** HTTP requests made, those for the session with Yahoo included. */
  readonly requests: number;
  /** When Yahoo answered, ISO 8601, by its own clock where it tells. */
  readonly observedAt: string;
}

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

/** One symbol's bars as observed, oldest first: prices and volumes adjusted for the splits up to `splitBasis`. */
export interface YahooSeries extends Answer {
  /** As it was asked for, not as Yahoo writes it. */
  readonly symbol: string;
  readonly bars: BarColumns;
  /** The events of the range, oldest first; of splits after it Yahoo says nothing. */
  readonly actions: readonly CorporateAction[];
  readonly splitBasis: SessionDate;
  readonly conflicts: readonly Conflict[];
  /** Rows and events of other days than were asked for. */
  readonly outside: number;
  readonly leftOut: LeftOut;
}

export const statementKinds = ['financials', 'balance_sheet', 'cash_flow'] as const;
export const frequencies = ['annual', 'quarterly', 'trailing'] as const;
export type StatementKind = (typeof statementKinds)[number];
export type Frequency = (typeof frequencies)[number];

/** One statement of one period; a value that is absent was not given, and 0 is a value. */
export interface FundamentalStatement {
  readonly statement: StatementKind;
  readonly frequency: Frequency;
  /** Weeks before anyone knew the values. */
  readonly periodEnd: SessionDate;
  /** ISO 4217; null where Yahoo does not say. Of values in two currencies there are two statements. */
  readonly currency: string | null;
  /** By name, such as `totalRevenue`, `EBITDA`. */
  readonly values: Readonly<Record<string, number>>;
}

export interface Fundamentals extends Answer {
  readonly statements: readonly FundamentalStatement[];
}

export const statisticsModules = ['defaultKeyStatistics', 'financialData', 'summaryDetail'] as const;
export type StatisticsModule = (typeof statisticsModules)[number];

export interface KeyStatistics extends Answer {
  /** Raw values; dates are epoch seconds. A module that Yahoo lacks for the symbol is empty. */
  readonly modules: Readonly<Record<StatisticsModule, Readonly<Record<string, number | string | null>>>>;
}
