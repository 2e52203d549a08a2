import type { RunFailure } from '../domain/load-error.ts';

/** One symbol of a summary's list, with the reason. */
export interface SymbolError {
  readonly symbol: string;
  readonly error: string;
}

/** What every ingestion run ends with; `successful + partial + failed = totalSymbols`, lists are capped. */
export interface RunSummary {
  readonly totalSymbols: number;
  readonly successful: number;
  readonly partial: number;
  readonly failed: number;
  /** Bars received. */
  readonly totalRecords: number;
  /** Rows inserted or changed in value. */
  readonly changedRecords: number;
  /** Rows that only became settled. */
  readonly settledRecords: number;
  /** Pages of bar requests; reference look-ups apart. */
  readonly requests: number;
  readonly successfulSymbols: readonly string[];
  readonly partialSymbols: readonly SymbolError[];
  readonly failedSymbols: readonly SymbolError[];
  /** How many symbols the capped lists leave off. */
  readonly omitted: number;
  /** Why no bar came, where none did and nothing failed; absent otherwise. */
  readonly note?: string;
  /** What ended the run as a whole; absent: nothing did. */
  readonly error?: RunFailure;
}

/** The summary of a run that did nothing. */
export const emptySummary: RunSummary = {
  totalSymbols: 0,
  successful: 0,
  partial: 0,
  failed: 0,
  totalRecords: 0,
  changedRecords: 0,
  settledRecords: 0,
  requests: 0,
  successfulSymbols: [],
  partialSymbols: [],
  failedSymbols: [],
  omitted: 0,
};

/** What a run is going to ask, before it asks. */
export interface PlanFigures {
  readonly requests: {
    readonly total: number;
    readonly wholeMarket: number;
    readonly perSymbol: number;
    readonly lookups: number;
  };
  readonly symbols: number;
  readonly sessions: number;
  /** (symbol, session) pairs that are due. */
  readonly cells: number;
  readonly expectedRows: number;
  readonly estimatedSeconds: number;
  /** Requests that the provider's budget gives within the next minute. */
  readonly quotaLeft: number;
}
