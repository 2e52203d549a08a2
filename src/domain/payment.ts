import { dayNumber } from './date-range.ts';
import type { KnownAction } from './judged-action.ts';
import type { SessionDate } from './session.ts';
import { unknownBasis } from './split-basis.ts';

/** One source's record of cash a share, as paid. */
export type Payment = KnownAction & {
  readonly amount: number;
  /** That of the ex-date, since 1970-01-01. */
  readonly day: number;
};

/** A split that counts; with a spin-off the ratio of the price before to the price after. */
export interface CountedSplit {
  readonly exDate: SessionDate;
  readonly ratio: number;
  readonly spinOff: boolean;
}

/** What later splits have made of a share, up to a date; spin-offs are in adjusted prices and adjusted cash alike. */
export function ratioBetween(
  splits: readonly Pick<CountedSplit, 'exDate' | 'ratio'>[],
  after: SessionDate,
  through: SessionDate,
): number {
  return splits.reduce(
    (product, { exDate, ratio }) => (exDate > after && exDate <= through ? product * ratio : product),
    1,
  );
}

/** The records of cash in shares of their ex-dates, by the splits that count; those of which that can be told. */
export function paymentsOf(
  actions: readonly KnownAction[],
  splits: readonly CountedSplit[],
): readonly Payment[] {
  return actions.flatMap((action): readonly Payment[] => {
    const { amount: stored, toldAmount, amountBasis, exDate } = action;
    const told = toldAmount ?? stored;
    if (told === null || amountBasis === unknownBasis) return [];
    const amount = amountBasis === null ? told : told * ratioBetween(splits, exDate, amountBasis);
    return [{ ...action, amount, day: dayNumber(exDate) }];
  });
}

/** One payment is written in so many sessions of its day at most. */
const sessionsApart = 5;
const longestDays = 2 * sessionsApart;

/** True for days so near that two records of them may be of one payment; holidays count as sessions. */
export function isNear(one: number, other: number): boolean {
  if (Math.abs(one - other) > longestDays) return false;
  let weekdays = 0;
  for (let day = Math.min(one, other) + 1; day <= Math.max(one, other); day += 1)
    if (isWeekday(day)) weekdays += 1;
  return weekdays <= sessionsApart;
}

/** 1970-01-01 was a Thursday. */
function isWeekday(day: number): boolean {
  return (day + 3) % 7 < 5;
}

/** Amounts of one payment that one source gives twice. */
export function isAlike(one: number, other: number): boolean {
  return Math.abs(one - other) <= 0.005 * Math.max(Math.abs(one), Math.abs(other));
}

/** Amounts of one payment that two sources give: one of them rounds what it divides by later splits. */
export function isSameCash(one: number, other: number): boolean {
  const rounding = Math.min(0.005, 0.2 * Math.min(one, other));
  return Math.abs(one - other) <= Math.max(0.02 * Math.max(one, other), rounding);
}
