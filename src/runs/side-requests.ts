import type { ReferenceList, SymbolsList } from '../domain/instrument.ts';
import type { DateRange } from '../domain/date-range.ts';
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

/** Bars that lack and may be had, of symbols or of all that scheduled runs are responsible for. */
export interface RepairRequest {
  readonly nominalTime: string;
  /** As typed. */
  readonly symbols?: readonly string[];
  /** Null: all that is stored. */
  readonly range: DateRange | null;
  /** After how long what remains is asked again, each counted from the end of the first time. */
  readonly againAfterSeconds: readonly number[];
}

/** What is done beside the flows: what runs of theirs start, and commands. */
export type SideRequest = ActionsRequest | HistoryRequest | ListsRequest | RepairRequest | WatchRequest;
