import { isIntraday } from '../../domain/interval.ts';
import type { SessionDate } from '../../domain/session.ts';
import { coverageStamps, readCoverageMasks, type MonthsQuery } from '../../store/coverage-masks.ts';
import type { CoverageMasks } from '../../store/decode-masks.ts';
import type { ExpectedBars } from '../../store/intraday-bars.ts';
import { readIntradayMasks } from '../../store/intraday-masks.ts';
import type { Transaction } from '../../store/transaction.ts';

/** The days of one month that are so, of each instrument in its place. */
export interface MonthMasks {
  /** Another text once the masks are others. */
  readonly stamp: string;
  readonly placeOf: ReadonlyMap<number, number>;
  readonly settled: Uint32Array;
  readonly provisional: Uint32Array;
  readonly absent: Uint32Array;
}

/** Which months, and how many bars their sessions have. */
interface MonthsWish extends MonthsQuery {
  readonly expected: readonly ExpectedBars[];
}

/** Reads months by their first days; those of which nothing is stored are left out. */
export type ReadMonths = (tx: Transaction, wish: MonthsWish) => Promise<ReadonlyMap<SessionDate, MonthMasks>>;

/** Two years and more, of two sources; one of the whole market takes a sixth of a megabyte. */
const mostKept = 60;

/** A reader that keeps months of daily bars, and reads again those alone that have changed. */
export function createMonthsReader(): ReadMonths {
  const kept = new Map<string, MonthMasks>();
  return async (tx, wish) => {
    if (isIntraday(wish.interval)) return apart(await readIntradayMasks(tx, wish));
    const stamps = await coverageStamps(tx, wish);
    const keyOf = (month: SessionDate) => [wish.source, wish.interval, month].join(' ');
    const known = (month: SessionDate) => {
      const masks = kept.get(keyOf(month));
      return masks?.stamp === stamps.get(month) ? masks : undefined;
    };
    const changed = [...stamps.keys()].filter((month) => known(month) === undefined);
    const [from, to] = [changed.at(0), changed.at(-1)];
    const read =
      from === undefined || to === undefined
        ? new Map<SessionDate, MonthMasks>()
        : apart(await readCoverageMasks(tx, { ...wish, from, to }));
    const months = new Map<SessionDate, MonthMasks>();
    for (const month of stamps.keys()) {
      const masks = read.get(month) ?? known(month);
      if (masks !== undefined) months.set(month, masks);
    }
    for (const [month, masks] of months) {
      kept.delete(keyOf(month));
      kept.set(keyOf(month), masks);
    }
    for (const key of kept.keys()) if (kept.size > mostKept) kept.delete(key);
    return months;
  };
}

function apart(masks: CoverageMasks): ReadonlyMap<SessionDate, MonthMasks> {
  const placeOf = new Map(Array.from(masks.instrumentIds, (id, place) => [id, place]));
  return new Map(
    masks.months.map((month, at) => {
      const of = (kind: readonly Uint32Array[]) => kind[at] ?? new Uint32Array();
      const { settled, provisional, absent, stamps } = masks;
      const own = { settled: of(settled), provisional: of(provisional), absent: of(absent) };
      return [month, { stamp: stamps[at] ?? '', placeOf, ...own }];
    }),
  );
}
