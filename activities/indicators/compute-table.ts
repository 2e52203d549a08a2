import { computeIndicators, type IndicatorTable } from '../../src/indicators/compute-indicators.ts';
import { rowsOf, type PriceSeries } from '../../src/indicators/price-series.ts';
import { indicators } from '../../src/indicators/registry.ts';

/** Those that give names compare the last few bars, so that they are the same computed from those alone. */
const named = indicators.filter(({ namesOf, memory }) => namesOf !== undefined && memory.kind === 'window');
const others = indicators.filter((indicator) => !named.includes(indicator));
const barsBefore = Math.max(
  0,
  ...named.map(({ memory }) => (memory.kind === 'window' ? memory.bars - 1 : 0)),
);

/** The indicators of a series as far as rows from `first` on go; names of earlier rows may lack. */
export function computeTable(series: PriceSeries, first: number): IndicatorTable {
  const from = first - barsBefore;
  if (from <= 0) return computeIndicators(series);
  const table = computeIndicators(series, { indicators: others });
  const { sessions } = series;
  const last = { sessions: sessions.slice(from), ...rowsOf(series, from, sessions.length) };
  const tail = computeIndicators(last, { indicators: named });
  const before = new Array<null>(from).fill(null);
  return {
    ...table,
    names: new Map([...tail.names].map(([column, names]) => [column, [...before, ...names]])),
    reasons: tail.reasons.includes('partial')
      ? table.reasons.map((reason, row) => (tail.reasons[row - from] === 'partial' ? 'partial' : reason))
      : table.reasons,
  };
}
