/** Bars on either side that one is held against. */
const reach = 21;
/** No rule holds a bar against one that is more bars away. */
export const farthestNeighbour = 63;
/** With fewer there is nothing to hold it against. */
export const fewest = 10;

/** The rows from the first to before the end: so many before one, itself, and as many after it where there are. */
export function spanAround(
  row: number,
  length: number,
  within = reach,
): readonly [first: number, end: number] {
  return [Math.max(0, row - within), Math.min(length, row + within + 1)];
}

/** The rows around one, without it: so many before it, and as many after it where there are. */
export function neighboursOf(row: number, length: number, within = reach): readonly number[] {
  const [first, end] = spanAround(row, length, within);
  const rows: number[] = [];
  for (let other = first; other < end; other += 1) if (other !== row) rows.push(other);
  return rows;
}

/** Whether most values around a row lie between two: then their median does, and need not be made out. */
export function mostLieBetween(
  values: Float64Array,
  {
    row,
    within,
    least,
    most,
  }: { readonly row: number; readonly within?: number; readonly least: number; readonly most: number },
): boolean {
  const [first, end] = spanAround(row, values.length, within);
  const half = (end - first - 1) / 2;
  let between = 0;
  for (let other = first; other < end && between <= half; other += 1) {
    const value = values[other] ?? NaN;
    if (value >= least && value <= most && other !== row) between += 1;
  }
  return between > half;
}
