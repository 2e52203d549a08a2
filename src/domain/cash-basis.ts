import type { CorporateAction } from './corporate-action.ts';
import { dateOfDayNumber, dayNumber } from './date-range.ts';
import { unknownBasis } from './split-basis.ts';

/** What the rows of an answer mean, by the session's day; both days since 1970-01-01; null: it cannot be told. */
type BasisOf = (day: number) => number | null;

/**
 * Payments that came with bars, as far split-adjusted as the bars of their day are: a source brings both up to its
 * splits together. On a day without a bar those around it tell, if they agree; `days` are the answer's, oldest first.
 */
export function cashAsBars<Payment extends CorporateAction>(
  payments: readonly Payment[],
  days: ArrayLike<number>,
  basisOf: BasisOf,
): readonly Payment[] {
  return payments.map((payment) => {
    if (payment.amountBasis === null) return payment;
    const basis = basisBeside(dayNumber(payment.exDate), days, basisOf);
    if (basis === undefined) return payment;
    return { ...payment, amountBasis: basis === null ? unknownBasis : dateOfDayNumber(basis) };
  });
}

/** Undefined: no bar can tell. */
function basisBeside(exDay: number, days: ArrayLike<number>, basisOf: BasisOf): number | null | undefined {
  const after = Array.from(days).findIndex((day) => day >= exDay);
  // What is still to come is told in shares of the day of the answer.
  if (after < 0) return undefined;
  const [before, next] = [days[after - 1], days[after]];
  const basis = next === undefined ? null : basisOf(next);
  if (next === exDay || before === undefined) return basis;
  return basisOf(before) === basis ? basis : null;
}
