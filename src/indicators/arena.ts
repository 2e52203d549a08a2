import type { Prices } from './price-series.ts';

/** Computes something of prices, over so many bars. */
export type Step<T> = (arena: Arena, prices: Prices, bars: number) => T;

/** What the computations of many series share, one series after the other. */
export interface Arena {
  /** A column of one value, NaN unless told. Its memory is part of a block, so that its buffer must not be handed over. */
  newColumn(rows: number, value?: number): Float64Array;
  /** What a step gives for prices, computed once for the same bars. It is shared: nobody may change it. */
  once<T>(step: Step<T>, prices: Prices, bars: number): T;
  /** The names that a value stands for, one list for the same value; they outlive the columns. */
  namesOf(tell: (value: number) => readonly string[], value: number): readonly string[];
  /** Takes the memory of all columns back for the next ones: none of them may be in use any more. */
  restart(): void;
}

/** Columns are cut from blocks: a typed array with memory of its own costs six times as much to make. */
const blockValues = 8192;
const none = new Float64Array(0);

/** An arena without memory; it takes some as it needs it. */
export function createArena(): Arena {
  let block: Float64Array = none;
  let used = 0;
  let free: Float64Array[] = [];
  let taken: Float64Array[] = [];
  const steps = new Map<Prices, Map<Step<unknown>, Map<number, unknown>>>();
  const lists = new Map<(value: number) => readonly string[], Map<number, readonly string[]>>();

  function nextBlock(rows: number): Float64Array {
    const known = free.pop() ?? none;
    const next = known.length >= rows ? known : new Float64Array(Math.max(rows, blockValues));
    taken.push(next);
    return next;
  }

  const arena: Arena = {
    newColumn(rows, value = NaN) {
      if (used + rows > block.length) [block, used] = [nextBlock(rows), 0];
      const column = block.subarray(used, used + rows);
      used += rows;
      return column.fill(value);
    },
    once<T>(step: Step<T>, prices: Prices, bars: number): T {
      const ofPrices = entryOf(steps, prices, () => new Map<Step<unknown>, Map<number, unknown>>());
      const byBars = entryOf(ofPrices, step, () => new Map<number, unknown>());
      // Kept under the step that has made it.
      return entryOf(byBars, bars, () => step(arena, prices, bars)) as T;
    },
    namesOf(tell, value) {
      return entryOf(
        entryOf(lists, tell, () => new Map<number, readonly string[]>()),
        value,
        () => tell(value),
      );
    },
    restart() {
      [free, taken, block, used] = [[...free, ...taken], [], none, 0];
      steps.clear();
    },
  };
  return arena;
}

/** What a map has under a key; made and kept there when it has nothing. */
function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
