import { isNear, type Payment } from './payment.ts';

/** A week with a holiday in it, or one beside it. */
const weekDays = { least: 5, most: 9 };
const weeksAYear = 45;
/** Of a series of payments, so many on each side of a date say how often it pays. */
const gapsAround = 4;

/**
 * Whether payments of one source a week apart are two: by how often any source says they come, or by those around them; by their
 * days since 1970-01-01.
 */
export function weeklyCadence(
  own: readonly Payment[],
  known: readonly Payment[],
): (a: number, b: number) => boolean {
  const weekly = known.filter(({ frequency }) => (frequency ?? 0) >= weeksAYear);
  const days = [...new Set(own.map(({ day }) => day))].sort((a, b) => a - b);
  const gaps = days.slice(1).map((day, place) => day - (days[place] ?? NaN));
  return (a, b) => {
    if (!isWeek(Math.abs(a - b))) return false;
    if (weekly.some(({ day }) => isNear(day, a) || isNear(day, b))) return true;
    const at = days.findIndex((day) => day >= Math.min(a, b));
    const around = gaps.slice(Math.max(0, at - gapsAround), at + gapsAround + 1);
    return around.length > 1 && around.filter(isWeek).length > 0.6 * around.length;
  };
}

function isWeek(days: number): boolean {
  return days >= weekDays.least && days <= weekDays.most;
}
