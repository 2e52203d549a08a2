import type { DateRange } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import type { IndicatorsRequest } from './indicators-request.ts';
import type { IngestionRequest } from './ingestion-request.ts';
import type { MaintenanceRequest } from './maintenance-request.ts';
import type { ValidationRequest } from './validation-request.ts';
import type { ActionsRequest, SideRequest } from './side-requests.ts';

/** What a run of a flow is asked: `nominalTime` is the schedule's time or the moment a person asked, ISO 8601. */
export type RunRequest = IngestionRequest | IndicatorsRequest | MaintenanceRequest | ValidationRequest;
/** What any run is asked, also one that other runs or commands have done beside. */
export type AnyRequest = RunRequest | SideRequest;

/** One execution of a request, JSON only: the key of its ledger rows. */
export interface Run<Request extends AnyRequest = RunRequest> {
  readonly workflowId: string;
  readonly runId: string;
  readonly flow: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly request: Request;
}

/** One execution of what brings corporate actions up to date. */
export type ActionsRun = Run<ActionsRequest>;

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
