import { twinDisagreements } from './dividend-twin.ts';
import {
  isAlone,
  type ActionContext,
  type Disagreement,
  type Reconciled,
  type Verdict,
} from './judged-action.ts';
import { inPriceCurrency } from './payment-currency.ts';
import { listedOnce } from './payment-listing.ts';
import { isNear, isSameCash, type CountedSplit, type Payment } from './payment.ts';
import type { SessionDate } from './session.ts';
import { sourceNames, type SourceName } from './source.ts';

/**
 * Decides which records of an instrument's payments count: those in the currency of the price, each payment of a source
 * once, and of several sources' the most credible one's.
 */
export function judgeCash(
  payments: readonly Payment[],
  splits: readonly CountedSplit[],
  context: ActionContext,
): Reconciled {
  const byCurrency = inPriceCurrency(payments, context);
  const { sound, ...nonsense } = withoutNonsense(byCurrency.kept, context);
  const listed = sourceNames.map((source) => {
    const own = sound.filter((payment) => payment.source === source);
    return listedOnce(own, sound, context);
  });
  const days = dayByDay(listed.flatMap(({ counted }) => counted));
  const judged = acrossSources(days, context);
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
  readonly payments: readonly Payment[];
  readonly total: number;
}

/** The most credible source's days first, each one's oldest first. */
function dayByDay(payments: readonly Payment[]): readonly Day[] {
  const days = Map.groupBy(payments, ({ source, exDate }) => `${sourceNames.indexOf(source)} ${exDate}`);
  return [...days]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, own]): readonly Day[] => {
      const [first] = own;
      if (first === undefined) return [];
      const total = own.reduce((sum, { amount }) => sum + amount, 0);
      return [{ source: first.source, exDate: first.exDate, payments: own, total }];
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

function acrossSources(days: readonly Day[], context: ActionContext): AcrossSources {
  const believed: Believed[] = [];
  const verdicts: Verdict[] = [];
  for (const day of days) {
    const of = believed.find((one) => one.day.exDate === day.exDate) ?? shifted(day, days, believed);
    if (of === undefined) believed.push({ day, others: [] });
    else of.others.push(day);
    const status = day.exDate > context.today ? 'announced' : 'effective';
    verdicts.push(
      ...day.payments.map(({ id }): Verdict =>
        of === undefined
          ? { id, status, reason: null }
          : { id, status: 'shadowed', reason: `${of.day.source} tells of it, ex ${of.day.exDate}` },
      ),
    );
  }
  const counted = believed.flatMap(({ day }) => day.payments);
  return { counted, verdicts, disagreements: believed.flatMap((one) => disagreementsOf(one, context)) };
}

/** The same cash some sessions off, of which this source does not tell on that day. */
function shifted(day: Day, days: readonly Day[], believed: readonly Believed[]): Believed | undefined {
  const tells = (exDate: SessionDate) =>
    days.some((other) => other.source === day.source && other.exDate === exDate);
  return believed.find(
    (one) =>
      one.day.source !== day.source &&
      isNear(one.day.exDate, day.exDate) &&
      isSameCash(one.day.total, day.total) &&
      !tells(one.day.exDate) &&
      one.others.every(({ source }) => source !== day.source) &&
      !arePaidApart(one.day, day),
  );
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
