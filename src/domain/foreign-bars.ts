import type { BarColumns } from './bar-columns.ts';
import { dayNumber } from './date-range.ts';
import type { PriceSplit } from './split-basis.ts';
import type { SessionDate } from './session.ts';

/** When an instrument was listed, as far as that is known. */
export interface Listing {
  readonly listedOn: SessionDate | null;
  readonly delistedOn: SessionDate | null;
  /** Before this day, since 1970-01-01, an earlier company bore the ticker; null: none is known. */
  readonly ownedFrom: number | null;
}

/** The first day of a listing as far as it is known, since 1970-01-01; minus infinity where nothing is. */
export function firstOwnDay({ listedOn, ownedFrom }: Listing): number {
  return Math.max(ownedFrom ?? -Infinity, listedOn === null ? -Infinity : dayNumber(listedOn));
}

/** The days, since 1970-01-01, on which bars under the ticker can be the instrument's own; infinite where nothing is known. */
export function ownDays(listing: Listing): { readonly firstDay: number; readonly lastDay: number } {
  const { delistedOn } = listing;
  return {
    firstDay: firstOwnDay(listing),
    lastDay: delistedOn === null ? Infinity : dayNumber(delistedOn),
  };
}

/** So many calendar days without a bar are more than a company's trading stands still. */
const longestPause = 366;
/** After such a pause prices further apart than this are another company's. */
const anotherLevel = Math.log(1.5);

/** A pause too long for one company, and the day after it; all since 1970-01-01. */
export interface LongPause {
  readonly lastBefore: number;
  readonly firstAfter: number;
}

/**
 * The last pause of more than a year, with nothing known in it, after which prices are at another level than before, the
 * splits within it taken out; null where there is none. Bars are oldest first, their prices as traded.
 */
export function changeOfBearer(
  bars: BarColumns,
  traded: ReadonlySet<number>,
  splits: readonly PriceSplit[],
): LongPause | null {
  for (let row = bars.length - 1; row > 0; row -= 1) {
    const [lastBefore, firstAfter] = [bars.day[row - 1] ?? NaN, bars.day[row] ?? NaN];
    if (firstAfter - lastBefore <= longestPause) continue;
    if (traded.values().some((day) => day > lastBefore && day < firstAfter)) continue;
    const ratio = splits
      .map(({ exDate, ratio: shares }) => ({ day: dayNumber(exDate), shares }))
      .filter(({ day }) => day > lastBefore && day <= firstAfter)
      .reduce((product, { shares }) => product * shares, 1);
    const change = ((bars.open[row] ?? NaN) * ratio) / (bars.close[row - 1] ?? NaN);
    if (Math.abs(Math.log(change)) > anotherLevel) return { lastBefore, firstAfter };
  }
  return null;
}

/** True where some pause between the bars is too long to be taken for granted. */
export function hasLongPause({ day, length }: BarColumns): boolean {
  for (let row = 1; row < length; row += 1)
    if ((day[row] ?? NaN) - (day[row - 1] ?? NaN) > longestPause) return true;
  return false;
}
