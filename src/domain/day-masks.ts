import type { SessionDate } from './session.ts';

/** Days of one month: bit d - 1 is its day d. */
export type DayMask = number;

/** The first day of a date's month, which names it. */
export function monthOf(date: SessionDate): SessionDate {
  return `${date.slice(0, 8)}01`;
}

/** The days of a date's month that a date is. */
export function maskOf(date: SessionDate): DayMask {
  return (1 << (Number(date.slice(8)) - 1)) >>> 0;
}

/** The days of a month from one date to another, both included, wherever these are; null: without an end. */
export function maskBetween(month: SessionDate, from: SessionDate | null, to: SessionDate | null): DayMask {
  if ((from !== null && monthOf(from) > month) || (to !== null && monthOf(to) < month)) return 0;
  const first = from === null || monthOf(from) < month ? 1 : Number(from.slice(8));
  const last = to === null || monthOf(to) > month ? 31 : Number(to.slice(8));
  return first > last ? 0 : ((2 ** last - 1) & ~(2 ** (first - 1) - 1)) >>> 0;
}

/** How many days a mask has. */
export function countDays(mask: DayMask): number {
  let pairs = mask - ((mask >>> 1) & 0x55555555);
  pairs = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return (((pairs + (pairs >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
