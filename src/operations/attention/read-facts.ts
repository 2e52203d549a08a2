import { flowNames } from '../../flows/index.ts';
import type { Store } from '../../store/database.ts';
import { flowRuns } from '../../store/flow-runs.ts';
import { openFindings } from '../../store/open-findings.ts';
import { openReasks } from '../../store/open-reasks.ts';
import { readFreshness } from '../freshness.ts';
import type { AttentionFacts } from './attention.ts';

/** What the store knows of what needs a person. */
export async function readAttentionFacts(
  store: Store,
  nowMs: number,
): Promise<Pick<AttentionFacts, 'runs' | 'findings' | 'freshness' | 'reasks'>> {
  return {
    runs: await flowRuns(store.db, flowNames),
    findings: await openFindings(store.db),
    reasks: await openReasks(store.db),
    freshness: await readFreshness(store, nowMs),
  };
}
