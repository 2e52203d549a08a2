import type { Disagreement } from './judged-action.ts';
import { ratioBetween, type CountedSplit, type Payment } from './payment.ts';

/** Of a share, and of the currency: the provider rounds what it divides. */
const tolerance = { relative: 0.005, absolute: 5e-5 };

/**
 * Where a source's own split-adjusted amounts are not those that the known splits make of the amounts as paid: one
 * finding a factor, at the last payment that is off by it.
 */
export function twinDisagreements(
  payments: readonly Payment[],
  splits: readonly CountedSplit[],
): readonly Disagreement[] {
  const wrong = payments.flatMap((payment) => {
    const expected = expectedTwin(payment, splits);
    return expected === null ? [] : [{ payment, expected }];
  });
  const byFactor = Map.groupBy(wrong, ({ payment: { source, adjustedAmount }, expected }) =>
    [source, ((adjustedAmount ?? NaN) / expected).toPrecision(2)].join(' '),
  );
  return [...byFactor.values()].flatMap((found): readonly Disagreement[] => {
    const last = found.reduce((a, b) => (b.payment.exDate > a.payment.exDate ? b : a));
    const { source, exDate, amount, adjustedAmount } = last.payment;
    const exDates = found.map(({ payment }) => payment.exDate).sort();
    const evidence = { source, amount, adjustedAmount, expected: last.expected, exDates };
    return [{ rule: 'dividend_twin_differs', exDate, evidence }];
  });
}

/** What the split-adjusted amount should be; null where it is that, or none is told. */
function expectedTwin(payment: Payment, splits: readonly CountedSplit[]): number | null {
  const { amount, adjustedAmount, exDate, observedAt } = payment;
  if (adjustedAmount === null) return null;
  const told = observedAt.slice(0, 10);
  const proper = splits.filter(({ spinOff }) => !spinOff);
  const expected = amount / ratioBetween(proper, exDate, told);
  const isRight = (one: number) =>
    Math.abs(one - adjustedAmount) <= Math.max(tolerance.relative * one, tolerance.absolute);
  // Providers list spin-offs among their splits.
  return isRight(expected) || isRight(amount / ratioBetween(splits, exDate, told)) ? null : expected;
}
