import type { SessionDate } from './session.ts';

/** Whose clock the exchange keeps. */
export const exchangeZone = 'America/New_York';

/** The parts of a wall clock's time in a zone of the tz database; throws `RangeError` for a zone that there is not. */
export function clockFormat(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}

const newYork = clockFormat(exchangeZone);

/** Both clock changes fall on a whole hour, so the offset is constant within one. */
const hourMs = 3_600_000;
const offsets = new Map<number, number>();

function offsetMs(instantMs: number): number {
  const hour = Math.floor(instantMs / hourMs);
  const known = offsets.get(hour);
  if (known !== undefined) return known;
  const parts = Object.fromEntries(
    newYork.formatToParts(hour * hourMs).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour: localHour = 0, minute = 0, second = 0 } = parts;
  const offset = Date.UTC(year, month - 1, day, localHour, minute, second) - hour * hourMs;
  if (offsets.size > 200_000) offsets.clear();
  offsets.set(hour, offset);
  return offset;
}

const dayMs = 86_400_000;

/** The day in New York of an instant in epoch milliseconds, in days since 1970-01-01. */
export function exchangeDay(instantMs: number): number {
  return Math.floor((instantMs + offsetMs(instantMs)) / dayMs);
}

const dates = new Map<number, SessionDate>();

/** The calendar date in New York of an instant in epoch milliseconds; by the tz database, never by cutting UTC. */
export function exchangeDate(instantMs: number): SessionDate {
  const known = dates.get(instantMs);
  if (known !== undefined) return known;
  const date = new Date(instantMs + offsetMs(instantMs)).toISOString().slice(0, 10);
  // The bars of one session have one timestamp, whatever their symbol.
  if (dates.size > 50_000) dates.clear();
  dates.set(instantMs, date);
  return date;
}

/** The instant (epoch milliseconds) of a wall-clock time in New York, minutes after local midnight; exact for times that exist once. */
export function exchangeInstant(date: SessionDate, minutesAfterMidnight: number): number {
  const local = Date.parse(`${date}T00:00:00Z`) + minutesAfterMidnight * 60_000;
  const guess = local - offsetMs(local);
  return local - offsetMs(guess);
}
