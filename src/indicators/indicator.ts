import type { Arena } from './arena.ts';
import type { PriceColumn, Prices } from './price-series.ts';

/**
 * What a value remembers: the last `bars` bars with its own, or every bar there was; then `firstRow` is the first row,
 * counted from 0, that has a value.
 */
type Memory =
  | { readonly kind: 'window'; readonly bars: number }
  | { readonly kind: 'recursive'; readonly firstRow: number };

/** The declaration of one indicator: all that the engine, the store and the documentation need to know of it. */
export interface Indicator {
  readonly name: string;
  readonly parameters: Readonly<Record<string, number | string>>;
  readonly columns: readonly string[];
  readonly needs: readonly PriceColumn[];
  readonly memory: Memory;
  /** One column for each of `columns`, as long as the input, NaN before the first row that has a value. */
  readonly compute: (arena: Arena, prices: Prices) => readonly Float64Array[];
  /** Where a value stands for a list of names: the names, sorted. */
  readonly namesOf?: (value: number) => readonly string[];
}

/** The first row, counted from 0, that has a value when no bar lacks. */
export function firstRow({ memory }: Indicator): number {
  return memory.kind === 'window' ? memory.bars - 1 : memory.firstRow;
}
