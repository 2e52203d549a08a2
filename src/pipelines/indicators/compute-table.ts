import type { Arena } from '../../indicators/arena.ts';
import { computeIndicators, type IndicatorTable } from '../../indicators/compute-indicators.ts';
import { rowsOf, type PriceSeries } from '../../indicators/price-series.ts';
import { indicators } from '../../indicators/registry.ts';

/** What remembers no more bars than these is the same computed from them alone. */
const barsBefore = 50;
const forgetful = indicators.filter(({ memory }) => memory.kind === 'window' && memory.bars <= barsBefore);
const others = indicators.filter((indicator) => !forgetful.includes(indicator));

/** The end of a table: its first row is that of row `from` of the series. */
interface TableEnd {
  readonly from: number;
  readonly table: IndicatorTable;
}

/** The indicators of a series from row `first` on; of the rows before it that come with them values may lack. */
export function computeTable(arena: Arena, series: PriceSeries, first: number): TableEnd {
  const from = rowsBefore(series, first);
  if (from <= 0) return { from: 0, table: computeIndicators(series, { arena }) };
  const whole = computeIndicators(series, { arena, indicators: others });
  const sessions = series.sessions.slice(from);
  const end = computeIndicators(
    {
      sessions,
      ...rowsOf(series, from, series.sessions.length),
      blocked: series.blocked?.subarray(from) ?? null,
    },
    { arena, indicators: forgetful },
  );
  const numbers = new Map(end.numbers);
  for (const [column, values] of whole.numbers) numbers.set(column, values.subarray(from));
  const reasons = whole.reasons.slice(from);
  for (const [row, reason] of end.reasons.entries()) {
    if (reason === 'blocked' || (reason === 'partial' && reasons[row] !== 'blocked')) reasons[row] = reason;
  }
  return { from, table: { sessions, numbers, names: end.names, reasons } };
}

/** The row from which there are bars enough before another one, whatever of them is blocked. */
function rowsBefore({ blocked }: PriceSeries, first: number): number {
  let [from, left] = [first, barsBefore];
  while (from > 0 && left > 0) {
    from -= 1;
    if ((blocked?.[from] ?? 0) === 0) left -= 1;
  }
  return from;
}
