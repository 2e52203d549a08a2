import { medianOf } from '../median.ts';
import { evident, type Breach, type RuleInput, type SeriesRule } from '../rule.ts';

/** Shares for one that companies give, or take for one. */
const ratios = [1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50];
const nearness = 0.03;
const usualReach = 21;
const mostTurnover = 4;
const mostRange = 5;

/** A step that looks like a split, in prices that are in one basis by all splits that are known. */
export const splitUnexplained: SeriesRule = {
  id: 'split_unexplained',
  says: `a step within 3 % or a scale of a ratio of 1.5 or more, under ${mostTurnover} times the usual turnover and within ${mostRange} scales of range: warn`,
  judge: (input) => input.rows.flatMap((row) => judgeRow(input, row)),
};

function judgeRow({ series, scale }: RuleInput, row: number): readonly Breach[] {
  const { open, high, low, close, volume, hasVolume } = series;
  const before = close[row - 1] ?? NaN;
  const steps = [(open[row] ?? NaN) / before, (close[row] ?? NaN) / before];
  if (!steps.every((step) => Math.abs(Math.log(step)) > 0.3)) return [];
  const s = scale(row);
  const near = Math.max(nearness, s);
  const ratio = ratios.find((one) =>
    steps.some((step) => Math.abs(Math.abs(Math.log(step)) - Math.log(one)) < near),
  );
  if (ratio === undefined || !(Math.log((high[row] ?? NaN) / (low[row] ?? NaN)) < mostRange * s)) return [];
  // What the next session takes back was no split.
  const after = close[row + 1];
  if (after !== undefined && Math.abs(Math.log(after / before)) < 0.3) return [];
  const turnover = (at: number) => (close[at] ?? NaN) * (volume[at] ?? NaN);
  const past = Array.from({ length: Math.min(row, usualReach) }, (_, back) => turnover(row - 1 - back));
  const times = turnover(row) / medianOf(past);
  if (hasVolume && !(times < mostTurnover)) return [];
  const evidence = {
    ratio,
    before,
    open: open[row] ?? NaN,
    close: close[row] ?? NaN,
    scale: evident(s),
    turnover: evident(times),
  };
  return [{ row, severity: 'warn', field: null, evidence }];
}
