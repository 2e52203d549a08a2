import { DAYS_OF_WEEK, MONTHS } from '@temporalio/client';
import { clockFormat } from '../src/domain/exchange-time.ts';
import { calendarOf } from './cron-calendar.ts';
import { timeZone, type ScheduleDeclaration } from './declaration.ts';

const wall = clockFormat(timeZone);
const hourMs = 3_600_000;
const minuteMs = 60_000;
/** What fires at all fires within so many days. */
const mostDays = 32;

/** The first instant from one on, both epoch milliseconds, at which a schedule fires; null: not within a month. */
export function firstFiring({ cron }: Pick<ScheduleDeclaration, 'cron'>, fromMs: number): number | null {
  const isAt = matcher(cron);
  const end = fromMs + mostDays * 24 * hourMs;
  for (let hour = Math.floor(fromMs / hourMs) * hourMs; hour < end; hour += hourMs) {
    // Clocks change on whole hours: what an hour begins with holds within it.
    const isInHour = isAt(hour);
    if (isInHour === null) continue;
    for (let at = hour; at < hour + hourMs; at += minuteMs)
      if (at >= fromMs && isInHour((at - hour) / minuteMs)) return at;
  }
  return null;
}

interface Part {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** Tells of the beginning of an hour in which minutes of it a cron line fires; null: in none. */
function matcher(cron: string): (hour: number) => ((minute: number) => boolean) | null {
  const { minute, hour, dayOfMonth, month, dayOfWeek } = calendarOf(cron);
  const months = numbered(month, ['', ...MONTHS]);
  const weekdays = numbered(dayOfWeek, DAYS_OF_WEEK);
  return (instant) => {
    const parts = Object.fromEntries(
      wall.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month: inYear = 1, day = 1, hour: ofDay = 0, minute: offset = 0 } = parts;
    const weekday = new Date(Date.UTC(year, inYear - 1, day)).getUTCDay();
    const isOn =
      isIn(hour, ofDay) && isIn(dayOfMonth, day) && isIn(months, inYear) && isIn(weekdays, weekday);
    return isOn ? (after) => isIn(minute, offset + after) : null;
  };
}

function numbered<Name extends string>(
  ranges: readonly { readonly start: Name; readonly end: Name; readonly step: number }[],
  names: readonly string[],
): readonly Part[] {
  return ranges.map(({ start, end, step }) => {
    return { start: names.indexOf(start), end: names.indexOf(end), step };
  });
}

function isIn(parts: readonly Part[], value: number): boolean {
  return parts.some(({ start, end, step }) => value >= start && value <= end && (value - start) % step === 0);
}
