import { isPrice } from './possible-bar.ts';

/** Where a source's adjusted close departs from what it was of the close. */
export interface AdjustedStep {
  /** The session that it leads into, and the one before it that has both; days since 1970-01-01. */
  readonly day: number;
  readonly before: number;
  /** What it takes out of the close before: a dividend's part of it. Splits take nothing out. */
  readonly share: number;
}

/** Closes beside adjusted ones, oldest first, in the shares of one day each. */
export interface AdjustedCloses {
  readonly day: ArrayLike<number>;
  readonly close: ArrayLike<number>;
  readonly adjusted: ArrayLike<number>;
}

/** Below that it is what 32 bits make of prices. */
const leastShare = 1e-4;

/** Every step of the adjusted close into a day from the first to the last, oldest first. */
export interface AdjustedSteps {
  readonly steps: readonly AdjustedStep[];
  /** Days since 1970-01-01. */
  readonly first: number;
  readonly last: number;
}

/** The steps of adjusted close over close; null: too few rows have both. */
export function adjustedSteps({ day, close, adjusted }: AdjustedCloses): AdjustedSteps | null {
  const steps: AdjustedStep[] = [];
  let [first, before, ratioBefore] = [NaN, NaN, NaN];
  for (let row = 0; row < day.length; row += 1) {
    const [today = NaN, price, other] = [day[row], close[row], adjusted[row]];
    if (!isPrice(price) || !isPrice(other)) continue;
    const ratio = other / price;
    const share = 1 - ratioBefore / ratio;
    if (Number.isNaN(first)) first = today;
    else if (Math.abs(share) > leastShare) steps.push({ day: today, before, share });
    [before, ratioBefore] = [today, ratio];
  }
  return before > first ? { steps, first: first + 1, last: before } : null;
}
