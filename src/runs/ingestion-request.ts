import type { DateRange } from '../domain/date-range.ts';
import type { Interval } from '../domain/interval.ts';
import type { SourceName } from '../domain/source.ts';
import type { Run } from './run.ts';

/** Which sessions a run is for: a fixed range, those due at its nominal time, or the last that were final by then. */
export type SessionWish =
  | { readonly range: DateRange }
  /** With `reachBackDays`, what is missing of so many calendar days as well: a first load goes that far. */
  | { readonly daysBack: number; readonly reachBackDays: number | null }
  /** On Saturdays, once a week, more of them. */
  | { readonly finalSessions: number; readonly onSaturdays: number };

/** Bars of one source and interval, of the sessions due. */
export interface IngestionRequest {
  /** The schedule's time or the moment a person asked, ISO 8601; never the clock of a late execution. */
  readonly nominalTime: string;
  readonly source: SourceName;
  readonly interval: Interval;
  readonly sessions: SessionWish;
  /** As typed; absent: the universe. */
  readonly symbols?: readonly string[];
  readonly maxSymbols?: number;
  /** False asks again for what is stored and settled. */
  readonly incremental: boolean;
  /** Sessions that are believed to have no bar are asked again where another source saw them traded. */
  readonly doubtSilence?: boolean;
  /** So many of the last closed sessions are asked again, whatever is stored: corrections come late. */
  readonly revisionSessions: number;
  readonly includeFundamentals: boolean;
  readonly includeKeyStatistics: boolean;
}

/** One execution of an ingestion. */
export type IngestionRun = Run<IngestionRequest>;
