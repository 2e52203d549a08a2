import type { BarColumns } from '../../src/store/bar-series.ts';

/** The rows of each instrument in the columns, oldest first. */
export function rowsByInstrument({ rows, instrument, day }: BarColumns): ReadonlyMap<number, Int32Array> {
  const counts = new Map<number, number>();
  for (let row = 0; row < rows; row += 1) {
    const id = instrument[row] ?? 0;
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const groups = new Map<number, Int32Array>();
  for (const [id, count] of counts) groups.set(id, new Int32Array(count));
  counts.clear();
  for (let row = 0; row < rows; row += 1) {
    const id = instrument[row] ?? 0;
    const at = counts.get(id) ?? 0;
    const group = groups.get(id);
    if (group !== undefined) group[at] = row;
    counts.set(id, at + 1);
  }
  for (const group of groups.values()) {
    if (!isAscending(group, day)) group.sort((a, b) => (day[a] ?? 0) - (day[b] ?? 0));
  }
  return groups;
}

function isAscending(group: Int32Array, day: Int32Array): boolean {
  for (let at = 1; at < group.length; at += 1) {
    if ((day[group[at - 1] ?? 0] ?? 0) > (day[group[at] ?? 0] ?? 0)) return false;
  }
  return true;
}
