/** One figure: what barwright took, what a bare script took for the same in the same run. */
export interface Figure {
  readonly what: string;
  readonly unit: string;
  readonly ours: number;
  readonly bare: number | null;
}

/** The least of several runs of some work, milliseconds, each after `before`, which does not count. */
export async function leastMs(
  runs: number,
  work: () => Promise<void>,
  before: () => Promise<void>,
): Promise<number> {
  let least = Infinity;
  for (let run = 0; run < runs; run += 1) {
    await before();
    const began = performance.now();
    await work();
    least = Math.min(least, performance.now() - began);
  }
  return least;
}
