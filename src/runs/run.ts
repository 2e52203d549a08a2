import type { DateRange } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import type { IndicatorsRequest } from './indicators-request.ts';
import type { IngestionRequest } from './ingestion-request.ts';
import type { MaintenanceRequest } from './maintenance-request.ts';

/** What any run is asked: `nominalTime` is the schedule's time or the moment a person asked, ISO 8601. */
export type RunRequest = IngestionRequest | IndicatorsRequest | MaintenanceRequest;

/** One execution of a request, JSON only: the key of its ledger rows. */
export interface Run<Request extends RunRequest = RunRequest> {
  readonly workflowId: string;
  readonly runId: string;
  readonly flow: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly request: Request;
}

/**
 * The sessions that a run is for, oldest first: worked out once, at its opening. `range` spans those that are due, what
 * is filled up behind them apart.
 */
export interface RunSessions {
  readonly range: DateRange;
  readonly sessions: readonly SessionDate[];
  /** Those asked again whatever is stored. */
  readonly again: readonly SessionDate[];
}

/** What sessions are worked out by. */
export interface RunCalendar {
  sessionsBetween(range: DateRange): readonly CalendarSession[];
  sessionOn(date: SessionDate): CalendarSession | null;
  lastClosedSession(instant: Date): CalendarSession;
  sessionsDue(nominal: Date, daysBack: number): readonly CalendarSession[];
}

interface CalendarSession {
  readonly session: SessionDate;
  readonly opensAt: string;
  readonly closesAt: string;
}
