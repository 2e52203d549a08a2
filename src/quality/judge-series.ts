import type { QualityRule } from '../domain/quality-rule.ts';
import type { JudgedSeries } from './judged-series.ts';
import type { Breach } from './rule.ts';
import { seriesRules } from './rules/index.ts';
import { scaleOf } from './scale.ts';

/** A breach, and which rule it is of. */
export interface Judgement extends Breach {
  readonly rule: QualityRule;
  readonly day: number;
}

/** What is judged of a series, and beside what. */
interface JudgingWish {
  /** Days since 1970-01-01, both included; unset: all of them. */
  readonly days?: readonly [first: number, last: number];
  readonly rules?: readonly QualityRule[];
  /** How far other symbols went on a day, in their scales; unset: not known. */
  readonly market?: (day: number) => number;
}

/** What rules find in one series, by row; a bar is judged the same whichever others are. */
export function judgeSeries(
  series: JudgedSeries,
  { days: [first, last] = [-Infinity, Infinity], rules, market = () => 0 }: JudgingWish = {},
): readonly Judgement[] {
  const isJudged = (day: number) => day >= first && day <= last;
  const rows = [...series.day.keys()].filter((row) => isJudged(series.day[row] ?? NaN));
  const input = { series, rows, scale: scaleOf(series), market };
  const found = seriesRules
    .filter(({ id }) => rules?.includes(id) ?? true)
    .flatMap(({ id, judge }) =>
      judge(input).map((breach) => ({ rule: id, day: series.day[breach.row] ?? NaN, ...breach })),
    );
  return found.filter(({ day }) => isJudged(day)).sort((one, other) => one.row - other.row);
}
