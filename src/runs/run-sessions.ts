import { lastClosedSession, sessionOn, sessionsBetween, sessionsDue } from '../calendar/exchange-calendar.ts';
import { addDays } from '../domain/date-range.ts';
import { exchangeDate } from '../domain/exchange-time.ts';
import { finalFrom } from '../domain/finality.ts';
import type { SessionDate } from '../domain/session.ts';
import { intervalOf, type IngestionRequest, type RunSessions } from './ingestion-run.ts';

/** Calendar days that hold so many sessions for certain: five in seven days, less holidays. */
const calendarDaysFor = (sessions: number) => 2 * sessions + 14;

/** The closed sessions that a request is for; of a fixed range those closed by the nominal time. */
export function sessionsOf(request: IngestionRequest): RunSessions {
  const { sessions: wish, incremental, revisionSessions = 0 } = request;
  const nominal = new Date(request.nominalTime);
  const live = intervalOf(request) === '1d' ? [] : liveSession(nominal);
  const due = [...dueSessions(wish, nominal), ...live];
  const revised = revisionSessions > 0 ? lastClosed(nominal, revisionSessions) : [];
  const wanted = [...new Set([...revised, ...due])].sort();
  const sessions = [...new Set([...reachedBack(wish, nominal), ...wanted])].sort();
  const again = new Set(incremental ? revised : wanted);
  if ('range' in wish) return { range: wish.range, sessions, again };
  const [from, to] = [wanted.at(0), wanted.at(-1)];
  if (from === undefined || to === undefined)
    throw new Error(`no session was ever due at ${request.nominalTime}`);
  return { range: { from, to }, sessions, again };
}

/** The session under way: hours of it have ended. */
function liveSession(nominal: Date): readonly SessionDate[] {
  const today = sessionOn(exchangeDate(nominal.getTime()));
  if (today === null) return [];
  const under =
    Date.parse(today.opensAt) < nominal.getTime() && nominal.getTime() < Date.parse(today.closesAt);
  return under ? [today.session] : [];
}

function reachedBack(wish: IngestionRequest['sessions'], nominal: Date): readonly SessionDate[] {
  if (!('daysBack' in wish) || wish.reachBackDays === undefined) return [];
  const to = lastClosedSession(nominal).session;
  const days = Math.max(wish.daysBack, wish.reachBackDays);
  return sessionsBetween({ from: addDays(exchangeDate(nominal.getTime()), -days), to }).map(
    ({ session }) => session,
  );
}

function dueSessions(wish: IngestionRequest['sessions'], nominal: Date): readonly SessionDate[] {
  if ('daysBack' in wish) return sessionsDue(nominal, wish.daysBack).map(({ session }) => session);
  if ('range' in wish) {
    const closed = sessionsBetween(wish.range).filter(
      ({ closesAt }) => Date.parse(closesAt) <= nominal.getTime(),
    );
    return closed.map(({ session }) => session);
  }
  const saturday = new Date(`${exchangeDate(nominal.getTime())}T00:00:00Z`).getUTCDay() === 6;
  const count = saturday ? (wish.onSaturdays ?? wish.finalSessions) : wish.finalSessions;
  const final = lastClosed(nominal, count + 2).filter(
    (session) => finalFrom('polygon', session) <= nominal.getTime(),
  );
  return final.slice(-count);
}

function lastClosed(nominal: Date, count: number): readonly SessionDate[] {
  const last = lastClosedSession(nominal).session;
  const range = { from: addDays(last, -calendarDaysFor(count)), to: last };
  return sessionsBetween(range)
    .slice(-count)
    .map(({ session }) => session);
}
