import { createHash } from 'node:crypto';
import { lastClosedSession, sessionsBetween } from '../calendar/exchange-calendar.ts';
import { addDays, type DateRange } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import type { IngestionRequest } from './ingestion-run.ts';
import type { SourceName } from '../domain/source.ts';

export const indicatorsFlow = 'indicators-daily-calculation';

/** What was asked for: rows of a range of sessions, computed again, or those of so many days back that are due. */
export interface IndicatorsRequest extends IngestionRequest {
  readonly sessions: { readonly range: DateRange } | { readonly daysBack: number };
  /** Whose bars. */
  readonly source: SourceName;
  /** Absent: the last session that had closed by the nominal time. */
  readonly calculationDate?: SessionDate;
  /** How long to wait for the ingestion of that session; absent: not at all. */
  readonly waitSeconds?: number;
}

/** One execution of a request: the key of its ledger rows. */
export interface IndicatorsRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly startedAt: string;
  readonly request: IndicatorsRequest;
}

/** The rows that a request is for. */
export interface IndicatorsWindow {
  readonly window: DateRange;
  /** The last session of it. */
  readonly session: SessionDate;
  /** Compute them again, whatever is known of them. */
  readonly again: boolean;
}

/** No stretch without a session is longer. */
const longestClosure = 14;

/** The window of a request: no session in it had not closed by the nominal time. */
export function windowOf({
  sessions,
  calculationDate,
  nominalTime,
  incremental,
}: IndicatorsRequest): IndicatorsWindow {
  const closed = lastClosedSession(new Date(nominalTime)).session;
  if ('range' in sessions) {
    const session = lastSessionBy(sessions.range.to, closed);
    return { window: { from: sessions.range.from, to: session }, session, again: true };
  }
  const session = lastSessionBy(calculationDate ?? closed, closed);
  return {
    window: { from: addDays(session, -sessions.daysBack), to: session },
    session,
    again: !incremental,
  };
}

function lastSessionBy(date: SessionDate, closed: SessionDate): SessionDate {
  if (date >= closed) return closed;
  const recent = sessionsBetween({ from: addDays(date, -longestClosure), to: date });
  return recent.at(-1)?.session ?? date;
}

/** The workflow id of a request; whether it waits makes no other run of it. */
export function indicatorsIdOf(request: IndicatorsRequest): string {
  const { nominalTime, sessions, calculationDate, waitSeconds, ...others } = request;
  const { window, session } = windowOf(request);
  const parameters = 'daysBack' in sessions ? { ...others, daysBack: sessions.daysBack } : others;
  const when = 'range' in sessions ? `${window.from}..${window.to}` : session;
  const digest = createHash('sha256').update(JSON.stringify(parameters)).digest('hex').slice(0, 12);
  return `${indicatorsFlow}/${when}/${digest}`;
}
