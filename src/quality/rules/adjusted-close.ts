import type { AdjustedStep } from '../../domain/adjusted-steps.ts';
import { isPrice } from '../../domain/possible-bar.ts';
import type { Severity } from '../../domain/severity.ts';
import { evident } from '../rule.ts';

/** Cash that is known to have been paid on a day. */
export interface KnownPayment {
  /** The ex-date, days since 1970-01-01. */
  readonly day: number;
  /** In the shares that the closes are in. */
  readonly amount: number;
  readonly isGain: boolean;
}

/** One series with its payments, in the shares of one day. */
export interface PaidSeries {
  /** Sessions as days since 1970-01-01, oldest first, and their closes, each a price. */
  readonly day: Int32Array;
  readonly close: Float64Array;
  readonly steps: readonly AdjustedStep[];
  /** Whether the steps of a day are known, those that are none too. */
  readonly isCovered: (day: number) => boolean;
  /** What was paid, by whoever tells it best. */
  readonly payments: readonly KnownPayment[];
  /** What the source itself tells, whether it is believed or not. */
  readonly told: readonly KnownPayment[];
  /** Days of which it is open what was paid. */
  readonly unclear: ReadonlySet<number>;
}

/** What is wrong with the adjusted close, or with the payments that are known. */
export interface AdjustedFault {
  readonly day: number;
  readonly severity: Severity;
  readonly evidence: Readonly<Record<string, number | string>>;
}

const nearness = 0.1;
const leastPoints = 3;
const leastShare = leastPoints / 1e4;
const fewSessions = 5;

/** Adjusted closes beside closes: each step has to be a payment, each payment a step. */
export const adjustedClose = {
  id: 'adjusted_close',
  says: `a step of the adjusted close that is no dividend within ${nearness * 100} % or ${leastPoints} bp, or a dividend without one: warn; applied twice, or two alike within ${fewSessions} sessions: error`,
  judge: (series: PaidSeries): readonly AdjustedFault[] =>
    [...stepFaults(series), ...twiceTold(series)].sort((one, other) => one.day - other.day),
} as const;

function* stepFaults(series: PaidSeries): Generator<AdjustedFault> {
  const { steps, payments, isCovered, unclear } = series;
  const stepOf = (day: number) => steps.find((step) => step.before < day && day <= step.day);
  const isRow = (day: number) => series.day[lastRowUpTo(series.day, day)] === day;
  const without = payments.filter(({ day }) => isCovered(day) && stepOf(day) === undefined);
  const places = [
    // Bars that are another instrument's by now have gone there with their payments.
    ...steps.filter(({ day, before }) => isRow(day) && isRow(before)),
    ...[...new Set(without.map(({ day }) => day))].map((day) => ({ day, before: day - 1, share: 0 })),
  ];
  for (const place of places) {
    const isOf = (day: number) => place.before < day && day <= place.day;
    if ([...unclear].some(isOf)) continue;
    const fault = faultOf(
      series,
      place,
      payments.filter(({ day }) => isOf(day)),
    );
    if (fault !== null) yield { day: place.day, ...fault };
  }
}

type Fault = Omit<AdjustedFault, 'day'>;

function faultOf(
  { day, close }: PaidSeries,
  { before, share, ...step }: AdjustedStep,
  payments: readonly KnownPayment[],
): Fault | null {
  const row = lastRowUpTo(day, before);
  const from = close[row] ?? NaN;
  const told = { step: short(share), close: evident(from) };
  if (payments.length === 0)
    return Math.abs(share) > leastShare ? warn('a step without a payment', told) : null;
  const fall = 1 - (close[lastRowUpTo(day, step.day)] ?? NaN) / from;
  const amount = amountOf(payments, fall * from);
  const due = amount / from;
  const isNear = (part: number) => Math.abs(share - part) <= Math.max(nearness * due, leastShare);
  if (!isPrice(from) || isNear(due)) return null;
  const evidence = { ...told, amount: evident(amount), due: short(due), fall: short(fall) };
  if (isNear(0)) return warn('a payment that is not applied', evidence);
  return isNear(1 - (1 - due) ** 2) || isNear(2 * due)
    ? { severity: 'error', evidence: { what: 'a payment applied twice', ...evidence } }
    : warn('another amount than was paid', evidence);
}

function warn(what: string, evidence: Fault['evidence']): Fault {
  return { severity: 'warn', evidence: { what, ...evidence } };
}

/** What was paid in all. A dividend may have the gain of its day within it: then the price says which. */
function amountOf(payments: readonly KnownPayment[], fall: number): number {
  const sum = (isGain: boolean) =>
    payments.filter((one) => one.isGain === isGain).reduce((all, { amount }) => all + amount, 0);
  const [dividends, gains] = [sum(false), sum(true)];
  const both = dividends + gains;
  return gains < dividends && Math.abs(fall - dividends) < Math.abs(fall - both) ? dividends : both;
}

/** Two like dividends in a row, of which one is the other's: those of who pays every week are not. */
function* twiceTold({ day, told, isCovered }: PaidSeries): Generator<AdjustedFault> {
  const dividends = told.filter(({ isGain }) => !isGain).sort((one, other) => one.day - other.day);
  const rows = dividends.map((payment) => lastRowUpTo(day, payment.day));
  const sessions = (at: number) => (rows[at] ?? Infinity) - (rows[at - 1] ?? -Infinity);
  for (const [at, { day: today, amount }] of dividends.entries()) {
    const earlier = dividends[at - 1];
    if (earlier === undefined || earlier.day === today || !isCovered(today)) continue;
    const isLike = Math.abs(amount / earlier.amount - 1) <= nearness;
    const isOften = Math.min(sessions(at - 1), sessions(at + 1)) <= 2 * fewSessions;
    if (!isLike || isOften || sessions(at) > fewSessions) continue;
    const evidence = { amount: evident(amount), before: evident(earlier.amount), sessions: sessions(at) };
    yield {
      day: today,
      severity: 'error',
      evidence: { what: 'like amounts within a few sessions', ...evidence },
    };
  }
}

/** The last row up to a day; -1: none. */
function lastRowUpTo(days: Int32Array, day: number): number {
  let [low, high] = [0, days.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((days[middle] ?? Infinity) <= day) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** What a later answer tells again is the same as far as this. */
function short(share: number): number {
  return Number(share.toPrecision(3));
}
