import type { ActionContext, Disagreement, Verdict } from './judged-action.ts';
import { weeklyCadence } from './payment-cadence.ts';
import { bestRecord, type ToldDay } from './payment-evidence.ts';
import { isAlike, isNear, type Payment } from './payment.ts';

/** What one source tells of, each payment once. */
interface ListedOnce {
  readonly counted: readonly Payment[];
  readonly verdicts: readonly Verdict[];
  readonly disagreements: readonly Disagreement[];
}

type Records = [Payment, ...Payment[]];

/** Takes the records of one source that are of the same payment for one; `known` and `unclear` as in `bestRecord`. */
export function listedOnce(
  own: readonly Payment[],
  { known, unclear }: { readonly known: readonly Payment[]; readonly unclear: readonly ToldDay[] },
  { today }: Pick<ActionContext, 'today'>,
): ListedOnce {
  const counted: Payment[] = [];
  const verdicts: Verdict[] = [];
  const disagreements: Disagreement[] = [];
  for (const records of sameAmong(own, known)) {
    const best = bestRecord(records, known, unclear);
    counted.push(best);
    const others = records.filter(({ id }) => id !== best.id);
    const reason = `the same source lists it twice: ${best.amount} of ${best.exDate} counts`;
    verdicts.push(...others.map(({ id }): Verdict => ({ id, status: 'refused', reason })));
    if (others.length === 0 || best.exDate > today) continue;
    const evidence = { source: best.source, counts: toldOf(best), others: others.map(toldOf) };
    disagreements.push({ rule: 'dividend_listed_twice', exDate: best.exDate, evidence });
  }
  return { counted, verdicts, disagreements };
}

function toldOf({ exDate, amount, payOn, dividendType }: Payment) {
  return { exDate, amount, payOn, dividendType };
}

/** The records of one source by payment; those that say most come first, so that a bare one joins what it copies. */
function sameAmong(own: readonly Payment[], known: readonly Payment[]): readonly Records[] {
  const recurring = weeklyCadence(own, known);
  const said = ({ payOn, recordOn, declaredOn }: Payment) =>
    [payOn, recordOn, declaredOn].filter((date) => date !== null).length;
  const found: Records[] = [];
  for (const payment of [...own].sort((a, b) => said(b) - said(a) || a.id - b.id)) {
    const same = found.filter((records) => records.every((record) => isSame(record, payment, recurring)));
    const records = same.find(([first]) => isAlike(first.amount, payment.amount)) ?? same[0];
    if (records === undefined) found.push([payment]);
    else records.push(payment);
  }
  return found;
}

function isSame(a: Payment, b: Payment, recursWeekly: (a: number, b: number) => boolean): boolean {
  if (!isNear(a.day, b.day) || isToldApart(a, b)) return false;
  return a.day === b.day || (isAlike(a.amount, b.amount) && !recursWeekly(a.day, b.day));
}

/** Two payments by their own terms: paid on other days, or of other kinds. */
function isToldApart(a: Payment, b: Payment): boolean {
  return a.kind !== b.kind || differ(a.payOn, b.payOn) || differ(a.dividendType, b.dividendType);
}

function differ(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a !== b;
}
