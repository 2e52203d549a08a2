/** Members that share one neighbourhood: in a cover of least weight they can all be chosen, or none. */
export interface Group<T> {
  readonly members: readonly T[];
  readonly neighbours: readonly number[];
}

/**
 * Groups vertices with the same neighbours. Exact for a weighted vertex cover: where one of them is not chosen, all its
 * neighbours are, and then none of the others is needed.
 */
export function groupByNeighbours<T>(
  items: Iterable<{ readonly member: T; readonly neighbours: readonly number[] }>,
): readonly Group<T>[] {
  const groups = new Map<string, { readonly members: T[]; readonly neighbours: readonly number[] }>();
  const keys = new Map<readonly number[], string>();
  for (const { member, neighbours } of items) {
    // Whole histories that miss everything share one array: its key is made once.
    const key = keys.get(neighbours) ?? neighbours.join();
    keys.set(neighbours, key);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { members: [member], neighbours });
    else group.members.push(member);
  }
  return [...groups.values()];
}
