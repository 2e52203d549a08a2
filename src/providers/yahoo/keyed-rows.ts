import { sameBar, type DailyBar } from '../../domain/bar.ts';
import type { Conflict } from '../provider.ts';

interface Entry<B> {
  readonly bar: B;
  readonly live: boolean;
}

/**
 * Bars by key. Equal rows count once, the live row counts before that of its session on the grid, and other rows that
 * differ make the key a conflict.
 */
export class KeyedRows<B extends DailyBar> {
  duplicates = 0;
  private readonly keyOf: (bar: B) => string;
  private readonly entries = new Map<string, Entry<B>>();
  private readonly disputed = new Map<string, B[]>();

  constructor(keyOf: (bar: B) => string) {
    this.keyOf = keyOf;
  }

  add(bar: B, live: boolean): void {
    const key = this.keyOf(bar);
    const first = this.entries.get(key);
    if (first === undefined) {
      this.entries.set(key, { bar, live });
      return;
    }
    const rows = this.disputed.get(key) ?? [first.bar];
    if (live || first.live || rows.some((row) => sameBar(row, bar))) {
      this.duplicates += 1;
      if (live) this.entries.set(key, { bar, live });
      return;
    }
    this.disputed.set(key, [...rows, bar]);
  }

  /** Oldest first. */
  agreed(): B[] {
    const keys = [...this.entries.keys()].filter((key) => !this.disputed.has(key)).sort();
    return keys.flatMap((key) => this.entries.get(key)?.bar ?? []);
  }

  conflicts(symbol: string): Conflict[] {
    return Array.from(this.disputed.values(), (rows) => ({ symbol, session: rows[0]?.session ?? '', rows }));
  }
}
