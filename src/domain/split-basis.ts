import { addDays, dayNumber } from './date-range.ts';
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
export function splitEvidence(bars: readonly PricedSession[], { exDate, ratio }: PriceSplit): SplitEvidence {
  const size = Math.abs(Math.log(ratio));
  if (size < smallestTelling) return 'unknown';
  const at = bars.findIndex(({ session }) => session >= exDate);
  const [before, after] = [bars[at - 1], bars[at]];
  if (before === undefined || after === undefined) return 'unknown';
  if (dayNumber(after.session) - dayNumber(before.session) > longestGapDays) return 'unknown';
  if (!(before.close > 0 && after.open > 0)) return 'unknown';
  // In units of the split itself: 0 without a step, 1 for the split as it traded, -1 for one taken out twice.
  const step = Math.log(before.close / after.open) / Math.log(ratio);
  if (step > 0.5) return 'not_in_prices';
  return step < -0.5 ? 'twice' : 'in_prices';
}

/** Up to which splits the rows of an answer are adjusted. */
interface JudgedBasis {
  /** The basis of a session's row; null: its prices are adjusted twice over, and are no prices. */
  readonly basisOf: (session: SessionDate) => SessionDate | null;
  readonly late: readonly PriceSplit[];
  readonly twice: readonly PriceSplit[];
}

/**
 * The split basis of an answer that was observed on a date: that date, unless a split that had taken effect is not in
 * the prices yet; what lies before such a one has the day before it as its basis.
 */
export function judgeBasis(
  bars: readonly PricedSession[],
  splits: readonly PriceSplit[],
  observedOn: SessionDate,
): JudgedBasis {
  const past = splits.filter(({ exDate }) => exDate <= observedOn);
  const judged = past.map((split) => ({ split, evidence: splitEvidence(bars, split) }));
  const of = (wanted: SplitEvidence) =>
    judged.filter(({ evidence }) => evidence === wanted).map(({ split }) => split);
  const [late, twice] = [of('not_in_prices'), of('twice')];
  return {
    late,
    twice,
    basisOf(session) {
      if (twice.some(({ exDate }) => session < exDate)) return null;
      const next = late
        .map(({ exDate }) => exDate)
        .filter((exDate) => session < exDate)
        .sort()[0];
      return next === undefined ? observedOn : addDays(next, -1);
    },
  };
}
