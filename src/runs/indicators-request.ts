import { addDays, type DateRange } from '../domain/date-range.ts';
import { longestClosure, type SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import { ContradictoryParameters } from './contradictory-parameters.ts';
import type { Run, RunCalendar, RunSessions } from './run.ts';

/** Which rows are wished: those of a range, computed again, or those of so many calendar days back that are due. */
export type RowsWish =
  | { readonly range: DateRange }
  /** Null: up to the last session that had closed by the nominal time. */
  | { readonly daysBack: number; readonly calculationDate: SessionDate | null };

/** Indicators from the stored daily bars of one source. */
export interface IndicatorsRequest {
  /** The schedule's time or the moment a person asked, ISO 8601. */
  readonly nominalTime: string;
  /** Whose bars. */
  readonly source: SourceName;
  readonly rows: RowsWish;
  /** As typed; absent: the universe of the source. */
  readonly symbols?: readonly string[];
  readonly maxSymbols?: number;
  /** How long to wait for the ingestion of that session; null: not at all. */
  readonly waitSeconds: number | null;
  /** Whether rows get extras; absent: as the worker's setting says. */
  readonly extra?: boolean;
}

/** Whose bars, where nobody names a source: those of the watchlist. */
export const usualIndicatorSource: SourceName = 'yahoo';

/** One execution of a calculation. */
export type IndicatorsRun = Run<IndicatorsRequest>;

/**
 * The rows of a request, from the first date to the last session: none in it had not closed by the nominal time. Throws
 * `ContradictoryParameters` where none of them had.
 */
export function windowOf(
  { rows, nominalTime }: Pick<IndicatorsRequest, 'rows' | 'nominalTime'>,
  calendar: RunCalendar,
): RunSessions {
  const closed = calendar.lastClosedSession(new Date(nominalTime)).session;
  if ('range' in rows) requireClosed('startDate', rows.range.from, closed);
  else if (rows.calculationDate !== null) requireClosed('calculationDate', rows.calculationDate, closed);
  const to = lastSessionBy(
    'range' in rows ? rows.range.to : (rows.calculationDate ?? closed),
    closed,
    calendar,
  );
  const from = 'range' in rows ? rows.range.from : addDays(to, -rows.daysBack);
  if (to < from) {
    const message = `no session of a range from ${from} to its endDate had closed by ${nominalTime}`;
    throw new ContradictoryParameters('endDate', message, 'choose a range with a session that has closed');
  }
  return { range: { from, to }, sessions: [to], again: 'range' in rows ? [to] : [] };
}

/** What the id of a run over rows names: of days back their last session alone. */
export function spanOfRows(rows: RowsWish, range: DateRange): DateRange {
  return 'range' in rows ? range : { from: range.to, to: range.to };
}

/** What tells its runs of the same span apart: days back are said there, a range is the span itself. */
export function identityOfRows({ rows, ...others }: { readonly rows: RowsWish }): object {
  return 'daysBack' in rows ? { ...others, daysBack: rows.daysBack } : others;
}

function lastSessionBy(date: SessionDate, closed: SessionDate, calendar: RunCalendar): SessionDate {
  if (date >= closed) return closed;
  const recent = calendar.sessionsBetween({ from: addDays(date, -longestClosure), to: date });
  return recent.at(-1)?.session ?? date;
}

function requireClosed(field: string, date: SessionDate, closed: SessionDate): void {
  if (date <= closed) return;
  const message = `no session of ${field} ${date} has closed`;
  throw new ContradictoryParameters(field, message, `choose ${closed} or earlier`);
}
