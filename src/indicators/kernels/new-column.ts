/** Columns are cut from blocks: a typed array with memory of its own costs six times as much to make. */
const blockValues = 8192;
let block = new Float64Array(0);
let used = 0;

/** A column of one value, NaN unless told. Its memory is part of a block, so that its buffer must not be handed over. */
export function newColumn(rows: number, value = NaN): Float64Array {
  if (used + rows > block.length) {
    block = new Float64Array(Math.max(rows, blockValues));
    used = 0;
  }
  const column = block.subarray(used, used + rows);
  used += rows;
  return column.fill(value);
}
