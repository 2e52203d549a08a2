import { mapBars, type BarColumns } from './bar-columns.ts';

/** The bars with the prices of each session times a factor, and so many times fewer shares traded; null: as they are. */
export function scaleBars(bars: BarColumns, factorOf: (day: number) => number | null): BarColumns {
  const { length, day, volume, trades } = bars;
  const factors = Float64Array.from(day, (session) => factorOf(session) ?? 1);
  if (factors.every((factor) => factor === 1)) return bars;
  const numbers = (column: Float64Array) => {
    if (column === trades) return column;
    const isShares = column === volume;
    return column.map((value, row) => (isShares ? value / (factors[row] ?? 1) : value * (factors[row] ?? 1)));
  };
  return mapBars(bars, { length, day, numbers });
}
