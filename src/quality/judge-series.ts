import type { JudgedSeries } from './judged-series.ts';
import type { Breach } from './rule.ts';
import { seriesRules } from './rules/index.ts';
import { scaleOf } from './scale.ts';

/** A breach, and which rule it is of. */
export interface Judgement extends Breach {
  readonly rule: string;
  readonly day: number;
}

/** What all rules find in one series, by row. `market`: how far other symbols went on a day, in their scales. */
export function judgeSeries(
  series: JudgedSeries,
  market: (day: number) => number = () => 0,
): readonly Judgement[] {
  const input = { series, scale: scaleOf(series), market };
  const found = seriesRules.flatMap(({ id, judge }) =>
    judge(input).map((breach) => ({ rule: id, day: series.day[breach.row] ?? NaN, ...breach })),
  );
  return found.sort((one, other) => one.row - other.row);
}
