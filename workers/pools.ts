import type { Pool } from '../src/flows/pools.ts';
import type { SettingName } from '../src/settings.ts';

/** How a pool's workers are sized. */
export interface PoolDeclaration {
  /** What one worker may take: enforced where a container runs it, shown elsewhere. */
  readonly limits: { readonly cpus: number; readonly memoryGiB: number };
  /** What node may take of that: with small young spaces a worker stays below half of what it grows to otherwise. */
  readonly heap: { readonly oldMiB: number; readonly semiSpaceMiB: number };
  /** Settings of the environment that its work reads; their defaults are the plan's. */
  readonly variables: readonly SettingName[];
  /** Activities that one worker has under way at once, unless WORKER_ACTIVITIES says otherwise. */
  readonly activitiesAtOnce: number;
}

const plansLimits = { cpus: 2, memoryGiB: 4 };
const heap = { oldMiB: 1024, semiSpaceMiB: 8 };
/** The columns of its batches are memory outside of the heap: in a smaller one they make V8 mark it all at each batch. */
const roomy = { oldMiB: 2048, semiSpaceMiB: 16 };
const variables: readonly SettingName[] = [
  'BATCH_SIZE',
  'POLYGON_REQUESTS_PER_MINUTE',
  'POLYGON_REQUESTS_PER_DAY',
  'YAHOO_DELAY_BETWEEN_REQUESTS_MS',
];

export const poolDeclarations: Readonly<Record<Pool, PoolDeclaration>> = {
  // Most of them wait for their turn at a provider: a live run has to find a place beside all backfills.
  'data-ingestion': { limits: plansLimits, heap, variables, activitiesAtOnce: 40 },
  analytics: { limits: plansLimits, heap: roomy, variables, activitiesAtOnce: 4 },
  maintenance: { limits: plansLimits, heap, variables, activitiesAtOnce: 2 },
};

/** A pool's heap as node's own flags. */
export function nodeFlagsOf(pool: Pool): readonly string[] {
  const { oldMiB, semiSpaceMiB } = poolDeclarations[pool].heap;
  return [`--max-old-space-size=${oldMiB}`, `--max-semi-space-size=${semiSpaceMiB}`];
}
