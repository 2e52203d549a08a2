import type { Breach, RuleInput, SeriesRule } from '../rule.ts';

/** What rounding makes of equal prices. */
const rounding = 1e-6;

/** Its high is below what was traded at, or its low above. */
export const inconsistent: SeriesRule = {
  id: 'inconsistent',
  says: 'high below open or close, or low above one of them: error',
  judge: ({ series, rows }) => rows.flatMap((row) => [...judgeRow(series, row)]),
};

function* judgeRow({ open, high, low, close }: RuleInput['series'], row: number): Generator<Breach> {
  const [first = NaN, top = NaN, bottom = NaN, last = NaN] = [open[row], high[row], low[row], close[row]];
  const common = { row, severity: 'error' } as const;
  const evidence = { open: first, high: top, low: bottom, close: last };
  if (top < Math.max(first, last) * (1 - rounding)) yield { ...common, field: 'high', evidence };
  if (bottom > Math.min(first, last) * (1 + rounding)) yield { ...common, field: 'low', evidence };
}
