import { lastClosedSession, sessionsBetween, sessionsDue } from '../src/calendar/exchange-calendar.ts';
import { addDays } from '../src/domain/date-range.ts';
import { exchangeDate } from '../src/domain/exchange-time.ts';
import { finalFrom } from '../src/domain/finality.ts';
import type { SessionDate } from '../src/domain/session.ts';
import type { IngestionRequest, RunSessions } from './ingestion-run.ts';

/** Calendar days that hold so many sessions for certain: five in seven days, less holidays. */
const calendarDaysFor = (sessions: number) => 2 * sessions + 14;

/** The closed sessions that a request is for; of a fixed range those closed by the nominal time. */
export function sessionsOf(request: IngestionRequest): RunSessions {
  const { sessions: wish, incremental, revisionSessions = 0 } = request;
  const nominal = new Date(request.nominalTime);
  const due = dueSessions(wish, nominal);
  const revised = revisionSessions > 0 ? lastClosed(nominal, revisionSessions) : [];
  const sessions = [...new Set([...revised, ...due])].sort();
  const again = new Set(incremental ? revised : sessions);
  if ('range' in wish) return { range: wish.range, sessions, again };
  const [from, to] = [sessions.at(0), sessions.at(-1)];
  if (from === undefined || to === undefined)
    throw new Error(`no session was ever due at ${request.nominalTime}`);
  return { range: { from, to }, sessions, again };
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
