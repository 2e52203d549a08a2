import type { BarBuilder } from '../domain/bar-builder.ts';
import { barAt, barsAt, sameRow, type BarColumns } from '../domain/bar-columns.ts';
import { sameBar, type DailyBar } from '../domain/bar.ts';

/** Rows of one key that disagree. */
interface Disputed<Key> {
  readonly key: Key;
  readonly rows: readonly DailyBar[];
}

/**
 * Bars by key: each row is written to `rows`, then taken. Equal rows count once, a live row counts before the other one
 * of its key, and other rows that differ make the key a conflict.
 */
export class KeyedBars<Key extends number | string> {
  /** Rows that say the same as another one, or were superseded by a live one. */
  duplicates = 0;
  private readonly rows: BarBuilder;
  private readonly rowOf = new Map<Key, number>();
  private readonly live = new Set<Key>();
  private readonly disputed = new Map<Key, DailyBar[]>();

  constructor(rows: BarBuilder) {
    this.rows = rows;
  }

  /** Takes the row that was written last; true when it says something new. */
  takeLast(key: Key, live = false): boolean {
    const first = this.rowOf.get(key);
    if (first === undefined) {
      this.rowOf.set(key, this.rows.length - 1);
      if (live) this.live.add(key);
      return true;
    }
    if (live || this.live.has(key) || this.isKnown(key, first)) {
      this.duplicates += 1;
      if (live) this.supersede(key, first);
      else this.rows.dropLast();
      return false;
    }
    const known = this.disputed.get(key) ?? [barAt(this.rows, first)];
    this.disputed.set(key, [...known, barAt(this.rows, this.rows.length - 1)]);
    this.rows.dropLast();
    return true;
  }

  /** The rows that nothing disputes, in the order of their arrival, and their keys. */
  agreed(): { readonly bars: BarColumns; readonly keys: readonly Key[] } {
    const keys = [...this.rowOf.keys()];
    if (this.disputed.size === 0) return { bars: this.rows.bars(), keys };
    const undisputed = keys.filter((key) => !this.disputed.has(key));
    const rows = Int32Array.from(undisputed, (key) => this.rowOf.get(key) ?? NaN);
    return { bars: barsAt(this.rows, rows), keys: undisputed };
  }

  conflicts(): readonly Disputed<Key>[] {
    return Array.from(this.disputed, ([key, rows]) => ({ key, rows }));
  }

  private isKnown(key: Key, first: number): boolean {
    const last = this.rows.length - 1;
    if (sameRow(this.rows, first, last)) return true;
    const bar = barAt(this.rows, last);
    return this.disputed.get(key)?.some((other) => sameBar(other, bar)) ?? false;
  }

  private supersede(key: Key, first: number): void {
    this.rows.moveLastTo(first);
    this.live.add(key);
  }
}

/** The bars of one series, oldest first. */
export function oldestFirst(bars: BarColumns): BarColumns {
  const at = bars.opensAtMs ?? bars.day;
  if (isAscending(at)) return bars;
  const rows = Int32Array.from({ length: bars.length }, (_, row) => row);
  return barsAt(
    bars,
    rows.sort((one, other) => (at[one] ?? NaN) - (at[other] ?? NaN)),
  );
}

function isAscending(values: Int32Array | Float64Array): boolean {
  for (let row = 1; row < values.length; row += 1)
    if ((values[row] ?? NaN) < (values[row - 1] ?? NaN)) return false;
  return true;
}
