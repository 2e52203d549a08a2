/** Bars on either side that one is held against. */
const reach = 21;
/** With fewer there is nothing to hold it against. */
export const fewest = 10;

/** The rows around one, without it: so many before it, and as many after it where there are. */
export function neighboursOf(row: number, length: number, within = reach): readonly number[] {
  const first = Math.max(0, row - within);
  const last = Math.min(length - 1, row + within);
  const rows: number[] = [];
  for (let other = first; other <= last; other += 1) if (other !== row) rows.push(other);
  return rows;
}
