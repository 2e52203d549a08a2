import type { Interval } from '../domain/interval.ts';
import type { DateRange } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';

/** Which sessions a run is for: a fixed range, those due at its nominal time, or the last that were final by then. */
export type SessionWish =
  | { readonly range: DateRange }
  /** With `reachBackDays`, what is missing of so many calendar days as well: a first load goes that far. */
  | { readonly daysBack: number; readonly reachBackDays?: number }
  /** On Saturdays, once a week, more of them. */
  | { readonly finalSessions: number; readonly onSaturdays?: number };

/** What was asked for: the input of every ingestion workflow, JSON only. */
export interface IngestionRequest {
  /** The schedule's time or the moment a person asked, ISO 8601; never the clock of a late execution. */
  readonly nominalTime: string;
  readonly sessions: SessionWish;
  /** As typed; absent: the universe. */
  readonly symbols?: readonly string[];
  readonly maxSymbols?: number;
  /** False asks again for what is stored and settled. */
  readonly incremental: boolean;
  /** So many of the last closed sessions are asked again, whatever is stored: corrections come late. */
  readonly revisionSessions?: number;
  /** Absent: polygon. */
  readonly source?: SourceName;
  /** Absent: 1d. */
  readonly interval?: Interval;
  readonly includeFundamentals?: boolean;
  readonly includeKeyStatistics?: boolean;
}

export function sourceOf({ source = 'polygon' }: IngestionRequest): SourceName {
  return source;
}

export function intervalOf({ interval = '1d' }: IngestionRequest): Interval {
  return interval;
}

/** One execution of a request: the key of its ledger rows. */
export interface IngestionRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly flow: string;
  readonly startedAt: string;
  readonly request: IngestionRequest;
}

/** The sessions that a run is for, oldest first; `range` spans those that are due, what is filled up behind them apart. */
export interface RunSessions {
  readonly range: DateRange;
  readonly sessions: readonly SessionDate[];
  /** Those asked again whatever is stored. */
  readonly again: ReadonlySet<SessionDate>;
}
