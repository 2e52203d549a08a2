import { isMature, type SeriesEvidence } from './absence.ts';
import { dateOfDayNumber } from './date-range.ts';

/** Days of stored bars that a whole answer lacks, amid others that it has; since 1970-01-01. */
export function lapsedDays(
  { source, sessions, answered, observedMs }: SeriesEvidence,
  stored: ReadonlySet<number>,
): readonly number[] {
  const hasEarlier = (day: number) => answered.values().some((other) => other < day);
  const hasLater = (day: number) => answered.values().some((other) => other > day);
  return Array.from(sessions).filter(
    (day) =>
      stored.has(day) &&
      !answered.has(day) &&
      hasEarlier(day) &&
      hasLater(day) &&
      isMature(source, dateOfDayNumber(day), observedMs),
  );
}
