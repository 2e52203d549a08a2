import type { ReferenceList, SymbolsList } from '../domain/instrument.ts';
import type { SourceName } from '../domain/source.ts';

/** The splits and dividends of the market, up to date for the bars of another run; the time is ISO 8601. */
export interface ActionsRequest {
  readonly nominalTime: string;
  readonly source: SourceName;
  /** Of the run whose bars they are for. */
  readonly parentRunId: string;
}

/** Lists of instruments of a source; null: of every one that has them. */
export interface ListsRequest {
  readonly nominalTime: string;
  readonly source: SourceName | null;
  readonly lists: readonly ReferenceList[];
}

/** Who bore which ticker when, by a source; null: by every one that tells. */
export interface HistoryRequest {
  readonly nominalTime: string;
  readonly source: SourceName | null;
}

/** Symbols for the watchlist, or for the universe. */
export interface WatchRequest {
  readonly nominalTime: string;
  readonly source: SourceName;
  readonly symbols: readonly string[];
  /** What the pace of the look-ups may take. */
  readonly seconds: number;
  readonly list: SymbolsList;
}

/** What is done beside the flows: what runs of theirs start, and commands. */
export type SideRequest = ActionsRequest | HistoryRequest | ListsRequest | WatchRequest;
