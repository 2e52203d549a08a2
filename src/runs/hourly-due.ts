import { exchangeDate } from '../domain/exchange-time.ts';
import type { RunCalendar } from './run.ts';

const hourMs = 3_600_000;

/** What an hourly firing is for: nothing outside market hours, the day's own bar as well once it is there. */
export interface HourlyDue {
  readonly hours: boolean;
  /** An hour after the close, half days too, and once in the morning to settle it. */
  readonly day: boolean;
}

/** What is due at a nominal time, by the session of its exchange date. */
export function hourlyDue(nominal: Date, calendar: Pick<RunCalendar, 'sessionOn'>): HourlyDue {
  const today = calendar.sessionOn(exchangeDate(nominal.getTime()));
  if (today === null) return { hours: false, day: false };
  const sinceOpen = nominal.getTime() - Date.parse(today.opensAt);
  const sinceClose = nominal.getTime() - Date.parse(today.closesAt);
  const hours = sinceOpen > 0 && sinceClose < 2 * hourMs;
  return { hours, day: hours && (sinceOpen <= hourMs || sinceClose >= hourMs) };
}
