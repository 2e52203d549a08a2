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
  for (const field of inconsistentFields({ open: first, high: top, low: bottom, close: last }))
    yield { ...common, field, evidence };
}

interface Prices {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

const none: readonly never[] = [];

/** The ends of a range that do not hold what was traded at. */
export function inconsistentFields({ open, high, low, close }: Prices): readonly ('high' | 'low')[] {
  if (high >= open && high >= close && low <= open && low <= close) return none;
  const isBelow = high < Math.max(open, close) * (1 - rounding);
  const isAbove = low > Math.min(open, close) * (1 + rounding);
  return [...(isBelow ? ['high' as const] : []), ...(isAbove ? ['low' as const] : [])];
}
