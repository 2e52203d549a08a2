import type { DateRange } from '../src/domain/date-range.ts';
import type { SessionDate } from '../src/domain/session.ts';

/** Which sessions a run is for: a fixed range, those due at its nominal time, or the last that were final by then. */
export type SessionWish =
  | { readonly range: DateRange }
  | { readonly daysBack: number }
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
}

/** One execution of a request: the key of its ledger rows. */
export interface IngestionRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly flow: string;
  readonly startedAt: string;
  readonly request: IngestionRequest;
}

/** The sessions that a run is for, oldest first; `range` spans them. */
export interface RunSessions {
  readonly range: DateRange;
  readonly sessions: readonly SessionDate[];
  /** Those asked again whatever is stored. */
  readonly again: ReadonlySet<SessionDate>;
}
