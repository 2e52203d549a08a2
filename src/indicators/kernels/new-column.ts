/** Columns are cut from blocks: a typed array with memory of its own costs six times as much to make. */
const blockValues = 8192;
const none = new Float64Array(0);

let block: Float64Array = none;
let used = 0;
/** Blocks that are free again, and those of the work under way; null: none is under way. */
let free: Float64Array[] = [];
let taken: Float64Array[] | null = null;

/** A column of one value, NaN unless told. Its memory is part of a block, so that its buffer must not be handed over. */
export function newColumn(rows: number, value = NaN): Float64Array {
  if (used + rows > block.length) {
    block = nextBlock(rows);
    used = 0;
  }
  const column = block.subarray(used, used + rows);
  used += rows;
  return column.fill(value);
}

function nextBlock(rows: number): Float64Array {
  const known = taken === null ? none : (free.pop() ?? none);
  const next = known.length >= rows ? known : new Float64Array(Math.max(rows, blockValues));
  taken?.push(next);
  return next;
}

/** Cuts columns from memory that the next such work uses again, not by turns: none of them may outlive it. */
export function inReusedMemory<T>(work: () => T): T {
  [taken, block, used] = [[], none, 0];
  try {
    return work();
  } finally {
    [free, taken, block, used] = [[...free, ...taken], null, none, 0];
  }
}
