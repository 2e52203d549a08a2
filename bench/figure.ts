import { cpus, loadavg } from 'node:os';

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

/** Where and how figures were taken; the load is that of before. */
export function machineLine(): string {
  const load = loadavg()[0] ?? 0;
  return `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), load ${load.toFixed(2)} before`;
}

export function printFigures(machine: string, figures: readonly Figure[]): void {
  process.stdout.write(`${machine}\n`);
  for (const { what, unit, ours, bare } of figures) {
    const ratio = bare === null ? '' : `   bare ${Math.round(bare)}, ratio ${(ours / bare).toFixed(2)}`;
    process.stdout.write(`${what}: ${Math.round(ours)} ${unit}${ratio}\n`);
  }
}
