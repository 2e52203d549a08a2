/** That an instrument has something of another; null: of somebody of whom only the ticker is known. */
export interface HasOf {
  readonly from: number;
  readonly to: number | null;
  readonly ticker: string;
}

/** The instruments in groups, each with all that have something of each other, directly or through others. */
export function groupsOf(pairs: readonly HasOf[]): readonly (readonly number[])[] {
  const parents = new Map<number | string, number | string>();
  const rootOf = (place: number | string): number | string => {
    const parent = parents.get(place) ?? place;
    return parent === place ? place : rootOf(parent);
  };
  for (const { from, to, ticker } of pairs) parents.set(rootOf(from), rootOf(to ?? ticker));
  const ids = new Set(pairs.flatMap(({ from, to }) => (to === null ? [from] : [from, to])));
  const groups = Map.groupBy(ids, rootOf);
  return [...groups.values()].map((group) => group.sort((a, b) => a - b));
}
