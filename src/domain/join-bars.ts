import { barsAt, filterBars, type BarColumns } from './bar-columns.ts';

/** The bars of two answers of one kind, oldest first; of a bar that both have, that of the first. */
export function joinBars(bars: BarColumns, more: BarColumns): BarColumns {
  const known = new Set(keysOf(bars));
  const keys = keysOf(more);
  const fresh = filterBars(more, (row) => !known.has(keys[row] ?? NaN));
  if (fresh.length === 0) return bars;
  const both = { ...append(bars, fresh), length: bars.length + fresh.length };
  const order = keysOf(both);
  const rows = Int32Array.from(order, (_, row) => row);
  return barsAt(
    both,
    rows.sort((one, other) => (order[one] ?? 0) - (order[other] ?? 0)),
  );
}

/** What tells the bars of one instrument apart. */
function keysOf({ day, opensAtMs, length }: BarColumns): readonly number[] {
  return Array.from((opensAtMs ?? day).subarray(0, length));
}

function append(bars: BarColumns, more: BarColumns): Omit<BarColumns, 'length'> {
  const numbers = (of: (columns: BarColumns) => Float64Array) => {
    const column = new Float64Array(bars.length + more.length);
    column.set(of(bars).subarray(0, bars.length));
    column.set(of(more).subarray(0, more.length), bars.length);
    return column;
  };
  const day = new Int32Array(bars.length + more.length);
  day.set(bars.day.subarray(0, bars.length));
  day.set(more.day.subarray(0, more.length), bars.length);
  const none = new Float64Array();
  return {
    day,
    opensAtMs: bars.opensAtMs === null ? null : numbers(({ opensAtMs }) => opensAtMs ?? none),
    open: numbers(({ open }) => open),
    high: numbers(({ high }) => high),
    low: numbers(({ low }) => low),
    close: numbers(({ close }) => close),
    volume: numbers(({ volume }) => volume),
    vwap: numbers(({ vwap }) => vwap),
    trades: numbers(({ trades }) => trades),
  };
}
