import type { JudgedSeries } from './judged-series.ts';
import { medianOf } from './median.ts';

/** The sessions whose ratios say what the ratio of a pair usually is. */
const sessions = 60;
const fewest = 10;

interface Pair {
  readonly own: JudgedSeries;
  readonly other: JudgedSeries;
  readonly rows: readonly (readonly [own: number, other: number])[];
}

/** What the volume of the first usually is of that of the second, by position: around it, without it; NaN: too little is known. */
export function volumeRatio({ own, other, rows }: Pair): (at: number) => number {
  const ratios = Float64Array.from(rows, ([row, otherRow]) => {
    const [shares = NaN, others = NaN] = [own.volume[row], other.volume[otherRow]];
    return shares > 0 && others > 0 ? shares / others : NaN;
  });
  return (at) => {
    const first = Math.max(0, Math.min(at - sessions / 2, rows.length - 1 - sessions));
    const around = ratios.slice(first, first + sessions + 1);
    around[at - first] = NaN;
    const known = around.filter((ratio) => !Number.isNaN(ratio));
    return known.length < fewest ? NaN : medianOf(known);
  };
}
