type List = ArrayLike<number>;

/** Vertices that share one list of neighbours. */
export interface Group {
  /** Indexes into the lists that were grouped, ascending. */
  readonly members: readonly number[];
  readonly neighbours: List;
}

/**
 * Groups vertices with the same neighbours. Exact for a weighted vertex cover: where one of them is not chosen, all its
 * neighbours are, and then none of the others is needed.
 */
export function groupByNeighbours(lists: readonly List[]): readonly Group[] {
  const groups: { readonly members: number[]; readonly neighbours: List }[] = [];
  const groupOfList = new Map<List, number>();
  const groupsOfHash = new Map<number, number[]>();
  for (const [member, neighbours] of lists.entries()) {
    const index = groupOfList.get(neighbours) ?? find(neighbours);
    groupOfList.set(neighbours, index);
    groups[index]?.members.push(member);
  }
  return groups;

  function find(neighbours: List): number {
    const hash = hashOf(neighbours);
    const alike = groupsOfHash.get(hash) ?? [];
    const known = alike.find((index) => sameList(groups[index]?.neighbours ?? [], neighbours));
    if (known !== undefined) return known;
    groupsOfHash.set(hash, [...alike, groups.length]);
    return groups.push({ members: [], neighbours }) - 1;
  }
}

/** The same edges seen from the other side: for each of `count` vertices the lists it is in, ascending. */
export function transpose(lists: readonly List[], count: number): readonly List[] {
  const starts = new Int32Array(count + 1);
  for (const list of lists) {
    for (let at = 0; at < list.length; at += 1) {
      const next = (list[at] ?? 0) + 1;
      starts[next] = (starts[next] ?? 0) + 1;
    }
  }
  for (let at = 1; at <= count; at += 1) starts[at] = (starts[at] ?? 0) + (starts[at - 1] ?? 0);
  const edges = new Int32Array(starts[count] ?? 0);
  const free = starts.slice();
  for (const [index, list] of lists.entries()) {
    for (let at = 0; at < list.length; at += 1) {
      const vertex = list[at] ?? 0;
      const place = free[vertex] ?? 0;
      edges[place] = index;
      free[vertex] = place + 1;
    }
  }
  return Array.from({ length: count }, (_, vertex) => edges.subarray(starts[vertex], starts[vertex + 1]));
}

function hashOf(list: List): number {
  let hash = list.length;
  for (let at = 0; at < list.length; at += 1) hash = Math.imul(hash ^ (list[at] ?? 0), 0x01000193);
  return hash;
}

function sameList(a: List, b: List): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}
