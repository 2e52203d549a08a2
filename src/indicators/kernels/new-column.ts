/** Columns are cut from blocks: a typed array with memory of its own costs six times as much to make. */
const blockValues = 8192;

/** Blocks of memory; while columns are cut from one the others are full, or free. */
interface Blocks {
  readonly blocks: Float64Array[];
  block: number;
  used: number;
}

const lasting: Blocks = { blocks: [], block: 0, used: 0 };
const reused: Blocks = { blocks: [], block: 0, used: 0 };
let from = lasting;

/** A column of one value, NaN unless told. Its memory is part of a block, so that its buffer must not be handed over. */
export function newColumn(rows: number, value = NaN): Float64Array {
  const block = from.blocks[from.block];
  if (block === undefined || from.used + rows > block.length)
    return newColumnOf(nextBlock(rows), rows, value);
  return newColumnOf(block, rows, value);
}

function newColumnOf(block: Float64Array, rows: number, value: number): Float64Array {
  const column = block.subarray(from.used, from.used + rows);
  from.used += rows;
  return column.fill(value);
}

/** Full blocks that last belong to their columns alone; those that are used again stay in the list. */
function nextBlock(rows: number): Float64Array {
  if (from === reused && from.blocks.length > 0) from.block += 1;
  from.used = 0;
  const known = from.blocks[from.block];
  if (known !== undefined && from === reused && known.length >= rows) return known;
  return (from.blocks[from.block] = new Float64Array(Math.max(rows, blockValues)));
}

/** Cuts columns from memory that the next such call uses again: none of them may outlive `work`. */
export function inReusedMemory<T>(work: () => T): T {
  from = reused;
  [reused.block, reused.used] = [0, 0];
  try {
    return work();
  } finally {
    from = lasting;
  }
}
