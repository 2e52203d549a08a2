import { dayNumber } from './date-range.ts';
import type { Disagreement, KnownAction, Reconciled, Verdict } from './judged-action.ts';
import { isNear, isSameCash, type CountedSplit, type Payment } from './payment.ts';
import type { SessionDate } from './session.ts';
import { unknownBasis } from './split-basis.ts';

/** What payments are that count. */
interface CountedCash {
  readonly payments: readonly Payment[];
  readonly splits: readonly CountedSplit[];
  readonly verdicts: readonly Verdict[];
}

/** The records of cash of which nobody can tell which splits are in their amounts. */
export function unclearCash(actions: readonly KnownAction[]): readonly KnownAction[] {
  return actions.filter(({ ratio, amountBasis }) => ratio === null && amountBasis === unknownBasis);
}

/**
 * Decides on cash of which nobody can tell which splits are in its amount: where another source's record of it counts,
 * that stands for it; else it waits, and what lies before it has no total return.
 */
export function judgeUnclearCash(
  unclear: readonly KnownAction[],
  { payments, splits, verdicts }: CountedCash,
): Reconciled {
  const counts = new Set(
    verdicts.filter(({ status }) => status === 'effective' || status === 'announced').map(({ id }) => id),
  );
  const counted = payments.filter(({ id }) => counts.has(id));
  const parts = unclear.map((action) => judged(action, counted, splits));
  return {
    verdicts: parts.map(({ verdict }) => verdict),
    disagreements: parts.flatMap(({ disagreement }) => disagreement ?? []),
  };
}

function judged(
  action: KnownAction,
  counted: readonly Payment[],
  splits: readonly CountedSplit[],
): { readonly verdict: Verdict; readonly disagreement: Disagreement | null } {
  const { id, source, exDate, toldAmount } = action;
  const other = counted.find((one) => one.source !== source && mayBeOf(one, action, splits));
  if (other !== undefined) {
    const reason = `${other.source} tells of it, ex ${other.exDate}`;
    return { verdict: { id, status: 'shadowed', reason }, disagreement: null };
  }
  const reason = 'it cannot be told yet which splits are in its amount';
  const evidence = { source, toldAmount };
  return {
    verdict: { id, status: 'pending', reason },
    disagreement: { rule: 'dividend_of_unknown_basis', exDate, evidence },
  };
}

/** True for cash of the same day, and for cash near it that is the same with some of the later splits taken out. */
function mayBeOf(
  { day, exDate, amount }: Payment,
  action: KnownAction,
  splits: readonly CountedSplit[],
): boolean {
  if (exDate === action.exDate) return true;
  if (!isNear(day, dayNumber(action.exDate))) return false;
  const told = action.toldAmount ?? NaN;
  return ratiosAfter(action.exDate, splits).some((ratio) => isSameCash(told * ratio, amount));
}

/** What a share may have become, by none, one or more of the splits after a day in their order. */
function ratiosAfter(after: SessionDate, splits: readonly CountedSplit[]): readonly number[] {
  const later = splits.filter(({ exDate }) => exDate > after).sort((a, b) => (a.exDate < b.exDate ? -1 : 1));
  const ratios = [1];
  for (const { ratio } of later) ratios.push((ratios.at(-1) ?? 1) * ratio);
  return ratios;
}
