import { addDays, type DateRange } from '../../src/domain/date-range.ts';
import { exchangeInstant } from '../../src/domain/exchange-time.ts';
import type { Session } from '../../src/domain/session.ts';
import type { SessionCalendar } from '../../src/simulator/market/market-source.ts';

/** Every weekday a session from 09:30 to 16:00, except those named. */
export function weekdayCalendar(closed: readonly string[] = []): SessionCalendar {
  return {
    sessionsBetween({ from, to }: DateRange): readonly Session[] {
      const sessions: Session[] = [];
      for (let date = from; date <= to; date = addDays(date, 1)) {
        const day = new Date(`${date}T00:00:00Z`).getUTCDay();
        if (day !== 0 && day !== 6 && !closed.includes(date)) sessions.push(sessionOn(date));
      }
      return sessions;
    },
  };
}

function sessionOn(session: string): Session {
  const at = (minutes: number) => new Date(exchangeInstant(session, minutes)).toISOString();
  return { session, opensAt: at(570), closesAt: at(960), earlyClose: false };
}
