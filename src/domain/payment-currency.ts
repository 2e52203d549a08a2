import type { ActionContext, Disagreement, Verdict } from './judged-action.ts';
import { isNear, isSameCash, type Payment } from './payment.ts';
import { sources } from './source.ts';

/** What is paid in the currency of the price, and what is left out: no rate is told with a payment. */
interface ByCurrency {
  readonly kept: readonly Payment[];
  readonly verdicts: readonly Verdict[];
  readonly disagreements: readonly Disagreement[];
}

/** Keeps the payments that the price falls by as they are told; those of no currency are in that of the price. */
export function inPriceCurrency(
  payments: readonly Payment[],
  { currency, today }: Pick<ActionContext, 'currency' | 'today'>,
): ByCurrency {
  const price = currency?.toUpperCase() ?? mostTold(payments);
  const abroad = toldInAnother(payments, price);
  const verdicts: Verdict[] = [];
  const disagreements: Disagreement[] = [];
  const kept: Payment[] = [];
  for (const [exDate, told] of Map.groupBy(payments, (payment) => payment.exDate)) {
    const isTold = foreignIn(told, price);
    const isForeign = (payment: Payment) => isTold(payment) || abroad(payment) !== undefined;
    const foreign = told.filter(isForeign);
    kept.push(...told.filter((payment) => !isForeign(payment)));
    verdicts.push(
      ...foreign.map((payment): Verdict => {
        const { id } = payment;
        const paid = (abroad(payment) ?? payment).currency;
        const reason = `paid in ${paid ?? '?'}, and the price is in ${price ?? 'an unknown currency'}`;
        return { id, status: 'refused', reason };
      }),
    );
    if (foreign.length === 0 || exDate > today) continue;
    const records = told.map(({ source, amount, currency: paid }) => ({ source, amount, currency: paid }));
    const evidence = { priceCurrency: price, told: records, counts: foreign.length < told.length };
    disagreements.push({ rule: 'dividend_in_other_currency', exDate, evidence });
  }
  return { kept, verdicts, disagreements };
}

/** Where nobody says what currency the price is in, payments of one day in two currencies are both left out. */
function foreignIn(told: readonly Payment[], price: string | null): (payment: Payment) => boolean {
  if (price !== null) return ({ currency }) => currency !== null && currency !== price;
  const isMixed = currenciesOf(told).size > 1;
  return ({ currency }) => isMixed && currency !== null;
}

/** The same cash as a source that is believed more tells it, in a currency that is not that of the price. */
function toldInAnother(
  payments: readonly Payment[],
  price: string | null,
): (payment: Payment) => Payment | undefined {
  const foreign = price === null ? [] : payments.filter(foreignIn(payments, price));
  const rank = ({ source }: Payment) => sources[source].rank;
  return (payment) =>
    foreign.find(
      (other) =>
        rank(other) < rank(payment) &&
        isNear(other.day, payment.day) &&
        isSameCash(other.amount, payment.amount),
    );
}

function currenciesOf(payments: readonly Payment[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { currency } of payments)
    if (currency !== null) counts.set(currency, (counts.get(currency) ?? 0) + 1);
  return counts;
}

/** The currency of most payments; null where none is ahead. */
function mostTold(payments: readonly Payment[]): string | null {
  const [first, second] = [...currenciesOf(payments)].sort(([, a], [, b]) => b - a);
  return first === undefined || first[1] === second?.[1] ? null : first[0];
}
