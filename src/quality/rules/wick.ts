import { leastScale } from '../scale.ts';
import { evident, type Breach, type RuleInput, type SeriesRule } from '../rule.ts';

const warnFrom = 4;
const errorFrom = 10;
/** So many times what the other symbols did that day. */
const beyondMarket = 4;

/** A high or low far from both the open and the close. */
export const wick: SeriesRule = {
  id: 'wick',
  says: `high or low more than ${warnFrom} scales from open and close, and ${beyondMarket} times the market's: warn; more than ${errorFrom}: error`,
  judge: (input) => input.rows.flatMap((row) => [...judgeRow(input, row)]),
};

/** How far the high of a bar is above its open and close, and its low below them, as logarithms. */
function wicksOf(
  { open, high, low, close }: RuleInput['series'],
  row: number,
): { readonly high: number; readonly low: number } {
  const [first = NaN, last = NaN] = [open[row], close[row]];
  return {
    high: Math.log((high[row] ?? NaN) / Math.max(first, last)),
    low: Math.log(Math.min(first, last) / (low[row] ?? NaN)),
  };
}

function* judgeRow({ series, scale, market }: RuleInput, row: number): Generator<Breach> {
  const wicks = wicksOf(series, row);
  for (const field of ['high', 'low'] as const) {
    if (!(wicks[field] > warnFrom * leastScale)) continue;
    const score = wicks[field] / scale(row);
    const usual = market(series.day[row] ?? NaN);
    if (!(score > warnFrom && score > beyondMarket * usual)) continue;
    const { open, close } = series;
    const evidence = {
      value: series[field][row] ?? NaN,
      open: open[row] ?? NaN,
      close: close[row] ?? NaN,
      scale: evident(scale(row)),
      score: evident(score),
      market: evident(usual),
    };
    yield { row, severity: score > errorFrom ? 'error' : 'warn', field, evidence };
  }
}
