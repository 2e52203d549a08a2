import { addDays } from '../domain/date-range.ts';
import { exchangeDate } from '../domain/exchange-time.ts';
import { finalFrom } from '../domain/finality.ts';
import { isIntraday } from '../domain/interval.ts';
import { longestClosure, type SessionDate } from '../domain/session.ts';
import type { IngestionRequest, SessionWish } from './ingestion-request.ts';
import { ContradictoryParameters } from './contradictory-parameters.ts';
import type { RunCalendar, RunSessions } from './run.ts';

type SessionsQuery = Pick<
  IngestionRequest,
  'nominalTime' | 'source' | 'interval' | 'sessions' | 'incremental' | 'revisionSessions'
>;

/** Calendar days that hold so many closed sessions for certain: five in seven days, less holidays and closures. */
export const calendarDaysFor = (sessions: number) => 2 * sessions + longestClosure;

/**
 * The closed sessions that a request is for; of a fixed range those closed by the nominal time. A weekend has none.
 * Throws `ContradictoryParameters` where none has closed.
 */
export function sessionsOf(request: SessionsQuery, calendar: RunCalendar): RunSessions {
  const { sessions: wish, incremental, revisionSessions } = request;
  const nominal = new Date(request.nominalTime);
  const live = isIntraday(request.interval) ? liveSession(nominal, calendar).filter(isAskedIn(wish)) : [];
  const due = [...dueSessions(request, nominal, calendar), ...live];
  const revised = revisionSessions > 0 ? lastClosed(nominal, revisionSessions, calendar) : [];
  const wanted = inOrder([...revised, ...due]);
  const sessions = inOrder([...reachedBack(wish, nominal, calendar), ...wanted]);
  const again = incremental ? revised : wanted;
  const [from, to] = [wanted.at(0), wanted.at(-1)];
  if ('range' in wish) {
    const lacks = from === undefined && calendar.sessionsBetween(wish.range).length > 0;
    if (lacks) throw noSession(request);
    return { range: wish.range, sessions, again };
  }
  if (from === undefined || to === undefined) throw noSession(request);
  return { range: { from, to }, sessions, again };
}

function noSession({ sessions: wish, nominalTime }: SessionsQuery): ContradictoryParameters {
  if (!('range' in wish)) {
    const message = `no session was due at ${nominalTime}`;
    return new ContradictoryParameters('nominalTime', message, 'choose a later moment');
  }
  const { from, to } = wish.range;
  const message = `no session of startDate ${from} to endDate ${to} had closed by ${nominalTime}`;
  return new ContradictoryParameters('endDate', message, 'choose a range with a session that has closed');
}

/** Whether a session is not outside of the range that is wished. */
function isAskedIn(wish: SessionWish): (session: SessionDate) => boolean {
  if (!('range' in wish)) return () => true;
  return (session) => session >= wish.range.from && session <= wish.range.to;
}

function inOrder(sessions: readonly SessionDate[]): readonly SessionDate[] {
  return [...new Set(sessions)].sort();
}

/** The session under way: bars of it have ended. */
function liveSession(nominal: Date, calendar: RunCalendar): readonly SessionDate[] {
  const today = calendar.sessionOn(exchangeDate(nominal.getTime()));
  if (today === null) return [];
  const under =
    Date.parse(today.opensAt) < nominal.getTime() && nominal.getTime() < Date.parse(today.closesAt);
  return under ? [today.session] : [];
}

function reachedBack(wish: SessionWish, nominal: Date, calendar: RunCalendar): readonly SessionDate[] {
  if (!('daysBack' in wish) || wish.reachBackDays === null) return [];
  const to = calendar.lastClosedSession(nominal).session;
  const days = Math.max(wish.daysBack, wish.reachBackDays);
  const from = addDays(exchangeDate(nominal.getTime()), -days);
  return calendar.sessionsBetween({ from, to }).map(({ session }) => session);
}

function dueSessions(
  { sessions: wish, source }: SessionsQuery,
  nominal: Date,
  calendar: RunCalendar,
): readonly SessionDate[] {
  if ('daysBack' in wish) return calendar.sessionsDue(nominal, wish.daysBack).map(({ session }) => session);
  if ('range' in wish) {
    const closed = calendar
      .sessionsBetween(wish.range)
      .filter(({ closesAt }) => Date.parse(closesAt) <= nominal.getTime());
    return closed.map(({ session }) => session);
  }
  const saturday = new Date(`${exchangeDate(nominal.getTime())}T00:00:00Z`).getUTCDay() === 6;
  const count = saturday ? wish.onSaturdays : wish.finalSessions;
  const final = lastClosed(nominal, count + 2, calendar).filter(
    (session) => finalFrom(source, session) <= nominal.getTime(),
  );
  return final.slice(-count);
}

function lastClosed(nominal: Date, count: number, calendar: RunCalendar): readonly SessionDate[] {
  const last = calendar.lastClosedSession(nominal).session;
  const range = { from: addDays(last, -calendarDaysFor(count)), to: last };
  return calendar
    .sessionsBetween(range)
    .slice(-count)
    .map(({ session }) => session);
}
