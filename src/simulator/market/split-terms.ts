/** A split in whole numbers, as providers write it: 4 for 1, 1 for 10, 1281 for 1000. */
export interface SplitTerms {
  readonly to: number;
  readonly from: number;
}

const largestFrom = 10_000;
/** Files reconstructed from rounded factors are off by so much: 1.9999955 is 2:1. */
const tolerances = [1e-9, 3e-6];

/** The smallest whole numbers with that ratio, shares afterwards per share before. */
export function splitTerms(ratio: number): SplitTerms {
  for (const tolerance of tolerances) {
    for (let from = 1; from <= largestFrom; from += 1) {
      const to = Math.round(ratio * from);
      if (Math.abs(to / from - ratio) <= tolerance * Math.abs(ratio)) return { to, from };
    }
  }
  return { to: Math.round(ratio * largestFrom), from: largestFrom };
}
