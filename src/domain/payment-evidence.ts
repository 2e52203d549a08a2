import { isAlike, isNear, isSameCash, type Payment } from './payment.ts';
import type { SessionDate } from './session.ts';

/** When a source tells of cash, whatever it comes to. */
export type ToldDay = Pick<Payment, 'source' | 'exDate'>;

/**
 * Of several records of one payment the one that counts; `known` are all records of the instrument, theirs included, and
 * `unclear` those of which nobody can tell how much they are.
 */
export function bestRecord(
  records: readonly [Payment, ...Payment[]],
  known: readonly Payment[],
  unclear: readonly ToldDay[],
): Payment {
  if (records.length === 1) return records[0];
  const isOther = ({ source }: ToldDay) => source !== records[0].source;
  const others = known.filter(isOther);
  const days = new Set([...others, ...unclear.filter(isOther)].map(({ exDate }) => exDate));
  const neighbours = neighboursOf(records, known);
  const scored = records.map((payment) => ({
    payment,
    score: evidenceFor(payment, { others, days }, neighbours),
  }));
  return scored.reduce((best, one) => (isBetter(one, best) ? one : best)).payment;
}

interface Scored {
  readonly payment: Payment;
  /** What speaks for it, the strongest first. */
  readonly score: readonly number[];
}

function isBetter(one: Scored, best: Scored): boolean {
  const decisive = one.score.findIndex((value, place) => value !== best.score[place]);
  if (decisive >= 0) return (one.score[decisive] ?? 0) > (best.score[decisive] ?? 0);
  // A copy changes nothing; of two that differ the later told one corrects the other.
  const [a, b] = [one.payment, best.payment];
  return isCopy(a, b) ? a.id < b.id : toldOrder(a, b) > 0;
}

function isCopy(a: Payment, b: Payment): boolean {
  return a.exDate === b.exDate && a.amount === b.amount;
}

function toldOrder(a: Payment, b: Payment): number {
  const [first, second] = [a.declaredOn ?? '', b.declaredOn ?? ''];
  if (first !== '' && second !== '' && first !== second) return first < second ? -1 : 1;
  return a.id - b.id;
}

interface Neighbours {
  readonly before: readonly Payment[];
  readonly after: readonly Payment[];
}

/** What the other sources tell. */
interface ToldElsewhere {
  readonly others: readonly Payment[];
  readonly days: ReadonlySet<SessionDate>;
}

function evidenceFor(
  payment: Payment,
  { others, days }: ToldElsewhere,
  { before, after }: Neighbours,
): readonly number[] {
  const isHere = (other: Payment) => isNear(other.day, payment.day);
  const confirms = others.filter((other) => isHere(other) && isSameCash(other.amount, payment.amount));
  const isThatDay = ({ exDate }: Payment) => exDate === payment.exDate;
  const equals = (neighbours: readonly Payment[]) =>
    neighbours.some(({ amount }) => isAlike(amount, payment.amount));
  return [
    confirms.some(isThatDay) ? 3 : days.has(payment.exDate) ? 2 : confirms.length > 0 ? 1 : 0,
    payment.currency === null ? 0 : 1,
    // What is paid from then on.
    equals(after) ? 1 : 0,
    payment.payOn === null ? 0 : 1,
    isPlausible(payment, before) ? 1 : 0,
    [payment.recordOn, payment.declaredOn].filter((date) => date !== null).length,
  ];
}

/** Dividends rise and fall, a slip of the pen is further off. */
function isPlausible({ amount }: Payment, before: readonly Payment[]): boolean {
  return (
    before.length === 0 ||
    before.some((earlier) => amount > earlier.amount / 2 && amount < earlier.amount * 2)
  );
}

/** The regular payments next to the records in question, on both sides. */
function neighboursOf(records: readonly [Payment, ...Payment[]], known: readonly Payment[]): Neighbours {
  const isElsewhere = (one: Payment) => records.every((record) => !isNear(record.day, one.day));
  const regular = known.filter((one) => one.dividendType !== 'special' && isElsewhere(one));
  const [{ day }] = records;
  const earlier = regular.filter((one) => one.day < day);
  const later = regular.filter((one) => one.day > day);
  const last = Math.max(...earlier.map((one) => one.day));
  const next = Math.min(...later.map((one) => one.day));
  return {
    before: earlier.filter((one) => one.day === last),
    after: later.filter((one) => one.day === next),
  };
}
