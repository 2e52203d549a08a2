import { sessionOn, sessionsBetween } from '../calendar/exchange-calendar.ts';
import { addDays } from '../domain/date-range.ts';
import { exchangeDate } from '../domain/exchange-time.ts';
import { longestClosure } from '../domain/session.ts';
import { pageClock } from './page-clock.ts';

/** What time it is and what the exchange does: `Wed 25 Nov 16:10 Chicago · closed at 15:00 · next session Fri 27 Nov, closes 12:00`. */
export function marketClock(now: Date, zone: string): string {
  const clock = pageClock(zone, now);
  const today = exchangeDate(now.getTime());
  const session = sessionOn(today);
  const time = `${clock.day(now)} ${clock.hour(now)} ${clock.place}`;
  if (session === null) return [time, 'no session today', next(now, zone)].join(' · ');
  const { opensAt, closesAt, earlyClose } = session;
  const close = `${clock.hour(closesAt)}${earlyClose ? ', early' : ''}`;
  if (now.getTime() < Date.parse(opensAt))
    return [time, `opens at ${clock.hour(opensAt)}, closes at ${close}`].join(' · ');
  if (now.getTime() < Date.parse(closesAt)) return [time, `open until ${close}`].join(' · ');
  return [time, `closed at ${close}`, next(now, zone)].join(' · ');
}

function next(now: Date, zone: string): string {
  const today = exchangeDate(now.getTime());
  const [following] = sessionsBetween({ from: addDays(today, 1), to: addDays(today, longestClosure) });
  if (following === undefined) return 'no session is known to come';
  const clock = pageClock(zone, now);
  const early = following.earlyClose ? `, closes ${clock.hour(following.closesAt)}` : '';
  return `next session ${clock.day(following.opensAt)}${early}`;
}
