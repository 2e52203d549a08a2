import type { SessionDate } from '../domain/session.ts';

/** How many tickers the list of a day has. */
export interface ListSize {
  readonly date: SessionDate;
  readonly tickers: number;
}

/** A whole list has at least this share of the tickers that those around it have. */
const wholeShare = 0.98;
/** So many lists on either side are around it: as many short ones in a row are found out. */
const around = 3;

/**
 * The days whose lists are whole, in order. One is short where lists before it and lists after it have more; the
 * first and the last one of all, where the one beside it has.
 */
export function believedLists(lists: readonly ListSize[]): readonly SessionDate[] {
  const inOrder = lists.toSorted((a, b) => (a.date < b.date ? -1 : 1));
  return inOrder
    .filter(({ tickers }, at) => {
      const before = inOrder.slice(Math.max(0, at - around), at);
      const after = inOrder.slice(at + 1, at + 1 + around);
      const beside = before.at(-1) ?? after[0];
      const isEnd = before.length === 0 || after.length === 0;
      const usual = isEnd ? (beside?.tickers ?? 0) : Math.min(most(before), most(after));
      return tickers > 0 && tickers >= wholeShare * usual;
    })
    .map(({ date }) => date);
}

function most(lists: readonly ListSize[]): number {
  return Math.max(...lists.map(({ tickers }) => tickers));
}
