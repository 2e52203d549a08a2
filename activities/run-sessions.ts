import { sessionsBetween, sessionsDue } from '../src/calendar/exchange-calendar.ts';
import type { IngestionRequest, RunSessions } from './ingestion-run.ts';

/** The closed sessions that a request is for; of a fixed range those closed by the nominal time. */
export function sessionsOf({ sessions: wish, nominalTime }: IngestionRequest): RunSessions {
  const nominal = new Date(nominalTime);
  if ('range' in wish) {
    const closed = sessionsBetween(wish.range).filter(
      ({ closesAt }) => Date.parse(closesAt) <= nominal.getTime(),
    );
    return { range: wish.range, sessions: closed.map(({ session }) => session) };
  }
  const due = sessionsDue(nominal, wish.daysBack).map(({ session }) => session);
  const [from, to] = [due.at(0), due.at(-1)];
  if (from === undefined || to === undefined) throw new Error(`no session was ever due at ${nominalTime}`);
  return { range: { from, to }, sessions: due };
}
