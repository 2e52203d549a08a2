/** No share was ever made into more of them, nor so many into one; 1:35,000 has been. */
const mostShares = 1e6;
/** The terms of a ratio: 10,000:9,607 has been, and 0.05:1. */
const largestTerm = 1e9;
const smallestTerm = 1e-9;
/** More than any share ever cost, in whatever currency. */
const mostCash = 1e12;

/** The terms of a split: so many shares after for so many before. */
export interface SharesFor {
  readonly after: number;
  readonly before: number;
}

/** Whether a split can be: something of something, within what sums can be made of. */
export function isPossibleSplit({ after, before }: SharesFor): boolean {
  const ratio = after / before;
  return isTerm(after) && isTerm(before) && ratio <= mostShares && ratio >= 1 / mostShares;
}

/** Whether something can have been paid for a share. */
export function isCash(amount: number): boolean {
  return amount > 0 && amount <= mostCash;
}

function isTerm(value: number): boolean {
  return value >= smallestTerm && value <= largestTerm;
}
