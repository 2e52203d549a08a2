import type { JudgedSeries } from './judged-series.ts';
import { movingNeighbours } from './moving-neighbours.ts';
import { SortedWindow } from './sorted-window.ts';

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
  const around = new SortedWindow();
  const moveTo = movingNeighbours({
    spanOf: (at) => {
      const first = Math.max(0, Math.min(at - sessions / 2, rows.length - 1 - sessions));
      return [first, Math.min(rows.length, first + sessions + 1)];
    },
    enter: (at) => around.add(ratios[at] ?? NaN),
    leave: (at) => around.remove(ratios[at] ?? NaN),
  });
  return (at) => {
    moveTo(at);
    return around.size < fewest ? NaN : around.median();
  };
}
