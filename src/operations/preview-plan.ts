import { budgetKey, type Config } from '../config.ts';
import type { Estimate } from '../pipelines/planning/estimate-seconds.ts';
import { previewRun, type Preview } from '../pipelines/planning/preview-run.ts';
import type { IngestionRequest } from '../runs/ingestion-request.ts';
import type { PlanFigures } from '../runs/run-summary.ts';
import type { Database } from '../store/database.ts';
import { readRefusals } from '../store/provider-refusals.ts';
import { quotaLeft } from '../store/spent-budget.ts';

export type { Estimate } from '../pipelines/planning/estimate-seconds.ts';
export { listsNeverRead } from '../pipelines/planning/lists-due.ts';

export interface PreviewDeps {
  readonly db: Database;
  readonly config: Config;
}

/** What a request would ask, as far as the store can tell: nothing is asked of the provider, nothing is written. */
export async function previewPlan({ db, config }: PreviewDeps, request: IngestionRequest): Promise<Preview> {
  const { requestsPerMinute } = config.sources[request.source];
  return previewRun({ db, requestsPerMinute }, request);
}

/**
 * The same, with what the provider's budget gives within the next minute, and how long the provider wants to be asked
 * nothing before; `baseUrl` is where it is asked.
 */
export async function previewWithQuota(
  { db, config }: PreviewDeps,
  request: IngestionRequest,
  baseUrl: string | null,
): Promise<{ readonly plan: PlanFigures; readonly estimate: Estimate }> {
  const { requestsPerMinute: perMinute, requestsPerDay: perDay } = config.sources[request.source];
  const budget = budgetKey(config, request.source, baseUrl);
  const { estimate, ...plan } = await previewPlan({ db, config }, request);
  const asksAny = plan.requests.total + plan.requests.lookups > 0;
  const blockedMs = asksAny ? (await readRefusals(db, budget)).blockedMs : 0;
  const estimatedSeconds = plan.estimatedSeconds + Math.ceil(blockedMs / 1000);
  const left = await quotaLeft(db, budget, { perMinute, perDay });
  return { plan: { ...plan, estimatedSeconds, quotaLeft: left }, estimate };
}
