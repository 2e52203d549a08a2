import barwright from '../package.json' with { type: 'json' };
import type { Config } from '../src/config.ts';
import { sourceNames } from '../src/domain/source.ts';
import type { Pool } from '../src/flows/pools.ts';
import { runFlowNames, runFlowOf } from '../src/flows/run-flows.ts';
import type { Meter } from '../src/metrics/measuring.ts';
import type { EndedRunStatus } from '../src/store/schema.ts';

const ends: readonly EndedRunStatus[] = ['completed', 'failed', 'cancelled', 'terminated'];

/** What is known of a worker before it works; counters that begin with their first event hide that event from a rate. */
export function firstMeasures(meter: Meter, pool: Pool, { market, sources }: Config): void {
  meter.set('workerInfo', 1, { pool, market, version: barwright.version });
  for (const provider of sourceNames)
    meter.set('budgetPerMinute', sources[provider].requestsPerMinute, { provider });
  const own = runFlowNames.filter((name) => runFlowOf(name)?.pool === pool);
  for (const flow of own) for (const status of ends) meter.count('runs', 0, { flow, status });
}
