import type { BarColumns } from './bar-columns.ts';
import { dayNumber } from './date-range.ts';
import type { SessionDate } from './session.ts';

/** A split as far as prices show it: shares afterwards per share before. */
export interface PriceSplit {
  readonly exDate: SessionDate;
  readonly ratio: number;
}

/** What prices on both sides of an ex-date say of a split. */
export type SplitEvidence = 'in_prices' | 'not_in_prices' | 'twice' | 'unknown';

interface PricedSession {
  readonly session: SessionDate;
  readonly open: number;
  readonly close: number;
}

/** A day's own move can look like a smaller one. */
const smallestTelling = Math.log(1.2);
/** Prices further apart than so many calendar days say nothing of what lies between them. */
const longestGapDays = 10;

/**
 * Whether prices that a source adjusts for splits have this one in them, by the step from the last close before the
 * ex-date to the first open after it. Bars oldest first.
 */
export function splitEvidence(bars: readonly PricedSession[], split: PriceSplit): SplitEvidence {
  const at = bars.findIndex(({ session }) => session >= split.exDate);
  const [before, after] = [bars[at - 1], bars[at]];
  if (before === undefined || after === undefined) return 'unknown';
  const days = dayNumber(after.session) - dayNumber(before.session);
  return stepEvidence({ days, close: before.close, open: after.open }, split.ratio);
}

/** From the last bar before an ex-date to the first one from it on, so many days later. */
interface Step {
  readonly days: number;
  readonly close: number;
  readonly open: number;
}

function stepEvidence({ days, close, open }: Step, ratio: number): SplitEvidence {
  const size = Math.abs(Math.log(ratio));
  if (size < smallestTelling || days > longestGapDays) return 'unknown';
  if (!(close > 0 && open > 0)) return 'unknown';
  // In units of the split itself: 0 without a step, 1 for the split as it traded, -1 for one taken out twice.
  const step = Math.log(close / open) / Math.log(ratio);
  if (step > 0.5) return 'not_in_prices';
  return step < -0.5 ? 'twice' : 'in_prices';
}

/** Of an answer's bars, oldest first, what tells of splits; days since 1970-01-01. */
type PricedDays = Pick<BarColumns, 'length' | 'day' | 'open' | 'close'>;

function evidenceIn(bars: PricedDays, { exDate, ratio }: PriceSplit): SplitEvidence {
  const at = firstFrom(bars.day, dayNumber(exDate));
  const [before, after] = [bars.day[at - 1], bars.day[at]];
  if (before === undefined || after === undefined) return 'unknown';
  return stepEvidence(
    { days: after - before, close: bars.close[at - 1] ?? NaN, open: bars.open[at] ?? NaN },
    ratio,
  );
}

/** Where the first day lies that is not before this one; days oldest first. */
function firstFrom(days: Int32Array, day: number): number {
  let [low, high] = [0, days.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((days[middle] ?? NaN) < day) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Up to which splits the rows of an answer are adjusted. */
export interface JudgedBasis {
  /** The basis of a session's row, both days since 1970-01-01; null: its prices are adjusted twice over, and are no prices. */
  readonly basisOf: (day: number) => number | null;
  readonly late: readonly PriceSplit[];
  readonly twice: readonly PriceSplit[];
}

/**
 * The split basis of an answer that was observed on a date: that date, unless a split that had taken effect is not in
 * the prices yet; what lies before such a one has the day before it as its basis.
 */
export function judgeBasis(
  bars: PricedDays,
  splits: readonly PriceSplit[],
  observedOn: SessionDate,
): JudgedBasis {
  const past = splits.filter(({ exDate }) => exDate <= observedOn);
  const judged = past.map((split) => ({ split, evidence: evidenceIn(bars, split) }));
  const of = (wanted: SplitEvidence) =>
    judged.filter(({ evidence }) => evidence === wanted).map(({ split }) => split);
  const [late, twice] = [of('not_in_prices'), of('twice')];
  const lateDays = late.map(({ exDate }) => dayNumber(exDate)).sort((one, other) => one - other);
  const soundFrom = Math.max(...twice.map(({ exDate }) => dayNumber(exDate)));
  const observedDay = dayNumber(observedOn);
  return {
    late,
    twice,
    basisOf(day) {
      if (day < soundFrom) return null;
      for (const lateDay of lateDays) if (day < lateDay) return lateDay - 1;
      return observedDay;
    },
  };
}
