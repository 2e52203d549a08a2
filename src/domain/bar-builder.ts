import { sliceBars, type BarColumns } from './bar-columns.ts';

const numberColumns = ['open', 'high', 'low', 'close', 'volume', 'vwap', 'trades'] as const;

/** Bars as columns while they come in. The columns are replaced as they grow, and may be longer than the bars are many. */
export class BarBuilder implements BarColumns {
  length = 0;
  day: Int32Array;
  opensAtMs: Float64Array | null;
  open: Float64Array;
  high: Float64Array;
  low: Float64Array;
  close: Float64Array;
  volume: Float64Array;
  vwap: Float64Array;
  trades: Float64Array;

  constructor({
    intraday,
    expected = 1,
  }: {
    /** The bars have a time within their session. */
    readonly intraday: boolean;
    /** How many bars there will be; more are taken too. */
    readonly expected?: number;
  }) {
    this.day = new Int32Array(expected);
    this.opensAtMs = intraday ? new Float64Array(expected) : null;
    this.open = new Float64Array(expected);
    this.high = new Float64Array(expected);
    this.low = new Float64Array(expected);
    this.close = new Float64Array(expected);
    this.volume = new Float64Array(expected);
    this.vwap = new Float64Array(expected);
    this.trades = new Float64Array(expected);
  }

  /** Begins a row: the caller sets its values. */
  add(): number {
    if (this.length === this.day.length) this.reserve(2 * this.length + 8);
    return this.length++;
  }

  /** Makes room for so many rows in all. */
  reserve(rows: number): void {
    if (rows <= this.day.length) return;
    const day = new Int32Array(rows);
    day.set(this.day);
    this.day = day;
    if (this.opensAtMs !== null) this.opensAtMs = longer(this.opensAtMs, rows);
    for (const name of numberColumns) this[name] = longer(this[name], rows);
  }

  /** Puts the last row in place of another one, and takes it from the end. */
  moveLastTo(row: number): void {
    this.dropLast();
    const last = this.length;
    this.day[row] = this.day[last] ?? NaN;
    if (this.opensAtMs !== null) this.opensAtMs[row] = this.opensAtMs[last] ?? NaN;
    for (const name of numberColumns) this[name][row] = this[name][last] ?? NaN;
  }

  dropLast(): void {
    this.length -= 1;
  }

  /** The bars so far; it shares the builder's memory. */
  bars(): BarColumns {
    return sliceBars(this, 0, this.length);
  }
}

function longer(column: Float64Array, rows: number): Float64Array {
  const grown = new Float64Array(rows);
  grown.set(column);
  return grown;
}
