import { twinDisagreements } from './dividend-twin.ts';
import {
  isAlone,
  type ActionContext,
  type Disagreement,
  type Reconciled,
  type Verdict,
} from './judged-action.ts';
import { weeklyCadence } from './payment-cadence.ts';
import { inPriceCurrency } from './payment-currency.ts';
import type { ToldDay } from './payment-evidence.ts';
import { listedOnce } from './payment-listing.ts';
import { isAlike, isNear, isSameCash, type CountedSplit, type Payment } from './payment.ts';
import type { SessionDate } from './session.ts';
import { sourceNames, type SourceName } from './source.ts';

/** The records of an instrument's cash, and what splits count beside it. */
export interface ToldCash {
  readonly payments: readonly Payment[];
  /** Those of which nobody can tell how much they are. */
  readonly unclear: readonly ToldDay[];
  readonly splits: readonly CountedSplit[];
}

/**
 * Decides which records of an instrument's payments count: those in the currency of the price, each payment of a source
 * once, and of several sources' the most credible one's.
 */
export function judgeCash({ payments, unclear, splits }: ToldCash, context: ActionContext): Reconciled {
  const byCurrency = inPriceCurrency(payments, context);
  const { sound, ...nonsense } = withoutNonsense(byCurrency.kept, context);
  const listed = sourceNames.map((source) => {
    const own = sound.filter((payment) => payment.source === source);
    return listedOnce(own, { known: payments, unclear }, context);
  });
  const counts = listed.map(({ counted }) => counted);
  const isSlip = slipsBy(splits.map(({ ratio }) => ratio));
  const judged = acrossSources(counts, isSlip, context);
  const counted = judged.counted.filter(({ exDate }) => exDate <= context.today);
  const parts = [byCurrency, nonsense, ...listed, judged];
  return {
    verdicts: parts.flatMap(({ verdicts }) => verdicts),
    disagreements: [
      ...parts.flatMap(({ disagreements }) => disagreements),
      ...twinDisagreements(counted, splits),
    ],
  };
}

interface Sound extends Reconciled {
  readonly sound: readonly Payment[];
}

function withoutNonsense(payments: readonly Payment[], { closeBefore }: ActionContext): Sound {
  const sound: Payment[] = [];
  const verdicts: Verdict[] = [];
  const disagreements: Disagreement[] = [];
  for (const payment of payments) {
    const { id, exDate, source, amount } = payment;
    const before = closeBefore(exDate);
    if (amount > 0 && amount < (before ?? Infinity)) {
      sound.push(payment);
      continue;
    }
    verdicts.push({ id, status: 'refused', reason: 'an amount of nothing, or above the price itself' });
    const evidence = { source, amount, closeBefore: before };
    disagreements.push({ rule: 'dividend_is_nonsense', exDate, evidence });
  }
  return { sound, verdicts, disagreements };
}

/** What one source says is paid on one ex-date. */
interface Day {
  readonly source: SourceName;
  readonly exDate: SessionDate;
  readonly day: number;
  readonly payments: readonly Payment[];
  readonly total: number;
}

function dayByDay(payments: readonly Payment[]): readonly Day[] {
  return [...Map.groupBy(payments, ({ exDate }) => exDate).values()].flatMap((own): readonly Day[] => {
    const [first] = own;
    if (first === undefined) return [];
    const { source, exDate, day } = first;
    return [{ source, exDate, day, payments: own, total: own.reduce((sum, { amount }) => sum + amount, 0) }];
  });
}

interface AcrossSources extends Reconciled {
  readonly counted: readonly Payment[];
}

/** A day of the most credible source that tells of it, and what the others say of the same payments. */
interface Believed {
  readonly day: Day;
  readonly others: Day[];
}

/** Takes the payments of several sources together, each source's once, the most credible source's first. */
function acrossSources(
  sources: readonly (readonly Payment[])[],
  isSlip: Slip,
  context: ActionContext,
): AcrossSources {
  const believed = new Map<SessionDate, Believed>();
  const verdicts: Verdict[] = [];
  for (const payments of sources) {
    const shiftOf = shifts(payments, [...believed.values()], { known: sources.flat(), isSlip });
    for (const day of dayByDay(payments)) {
      const of = believed.get(day.exDate) ?? shiftOf(day);
      if (of === undefined) believed.set(day.exDate, { day, others: [] });
      else of.others.push(day);
      verdicts.push(...day.payments.map(({ id }) => verdictOf(id, day, of, context)));
    }
  }
  const all = [...believed.values()];
  const counted = all.flatMap(({ day }) => day.payments);
  return { counted, verdicts, disagreements: all.flatMap((one) => disagreementsOf(one, context)) };
}

function verdictOf(id: number, { exDate }: Day, of: Believed | undefined, context: ActionContext): Verdict {
  if (of === undefined)
    return { id, status: exDate > context.today ? 'announced' : 'effective', reason: null };
  return { id, status: 'shadowed', reason: `${of.day.source} tells of it, ex ${of.day.exDate}` };
}

/**
 * Finds the same cash some sessions off, told by those who are believed first, where this source tells of none: the same
 * amount, or one that a slip has made of it.
 */
function shifts(
  own: readonly Payment[],
  believed: readonly Believed[],
  { known, isSlip }: { readonly known: readonly Payment[]; readonly isSlip: Slip },
): (day: Day) => Believed | undefined {
  const told = new Set(own.map(({ exDate }) => exDate));
  const recursWeekly = weeklyCadence(own, known);
  return (day) =>
    believed.find(
      (one) =>
        isNear(one.day.day, day.day) &&
        (isSameCash(one.day.total, day.total) || isSlip(one.day.total, day.total)) &&
        !told.has(one.day.exDate) &&
        one.others.every(({ source }) => source !== day.source) &&
        !arePaidApart(one.day, day) &&
        !recursWeekly(one.day.day, day.day),
    );
}

/** Whether one amount may be the other by a slip. */
type Slip = (one: number, other: number) => boolean;

/** Halves and doubles, a comma in the wrong place, and what is told in the shares of another day. */
const usualSlips = [2, 10, 100];

function slipsBy(ratios: readonly number[]): Slip {
  const factors = [...usualSlips, ...ratios].flatMap((factor) => [factor, 1 / factor]);
  return (one, other) => factors.some((factor) => isAlike(one * factor, other));
}

function arePaidApart(a: Day, b: Day): boolean {
  const paidOn = ({ payments }: Day) => payments.flatMap(({ payOn }) => payOn ?? []);
  const [first, second] = [paidOn(a), paidOn(b)];
  return first.length > 0 && second.length > 0 && !first.some((date) => second.includes(date));
}

function disagreementsOf({ day, others }: Believed, context: ActionContext): readonly Disagreement[] {
  const { exDate } = day;
  if (exDate > context.today) return [];
  const told = [day, ...others].flatMap(({ payments }) => payments);
  const amounts = told.map(({ source, amount, exDate: date }) => ({ source, amount, exDate: date }));
  if (others.length === 0)
    return isAlone(told, context) ? [{ rule: 'dividend_by_one_source', exDate, evidence: { amounts } }] : [];
  const differs = others.some((other) => other.exDate !== exDate || !isSameCash(other.total, day.total));
  return differs ? [{ rule: 'dividends_differ', exDate, evidence: { amounts } }] : [];
}
