import type { Pool } from '../src/temporal/names.ts';

/** How a pool's workers are sized. */
export interface PoolDeclaration {
  /** What one worker may take: enforced where a container runs it, shown elsewhere. */
  readonly limits: { readonly cpus: number; readonly memoryGiB: number };
  /** Settings of the environment that its work reads; their defaults are the plan's. */
  readonly variables: readonly string[];
  /** Activities that one worker has under way at once, unless WORKER_ACTIVITIES says otherwise. */
  readonly activitiesAtOnce: number;
}

const plansLimits = { cpus: 2, memoryGiB: 4 };
const variables = ['BATCH_SIZE', 'POLYGON_REQUESTS_PER_MINUTE'];

export const poolDeclarations: Readonly<Record<Pool, PoolDeclaration>> = {
  'data-ingestion': { limits: plansLimits, variables, activitiesAtOnce: 10 },
  analytics: { limits: plansLimits, variables, activitiesAtOnce: 4 },
  maintenance: { limits: plansLimits, variables, activitiesAtOnce: 2 },
};
