import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { IndicatorsRequest } from '../../src/runs/indicators-request.ts';
import { createThreadPool } from '../../src/pipelines/indicators/thread-pool.ts';
import type { IndicatorsSummary } from '../../src/runs/indicators-summary.ts';
import type { Store } from '../../src/store/database.ts';
import { enterRun } from './enter-run.ts';
import { createAnalyticsActivities } from '../../workers/activities.ts';

/** Runs of the analytics activities in the order of the workflow, without a server. */
export function indicatorRuns(store: Store, batchSize = 100, extra = false) {
  const threads = createThreadPool(1);
  const activities = createAnalyticsActivities({
    store,
    threads,
    batchSize,
    extra,
    policyChoices: { loadRetries: null, retryDelaySeconds: null, runTimeoutSeconds: null },
  });
  return {
    async run(request: IndicatorsRequest): Promise<IndicatorsSummary & { readonly runId: string }> {
      const runId = randomUUID();
      const flow = 'indicators-daily-calculation' as const;
      const run = { workflowId: runId, runId, flow, startedAt: new Date().toISOString(), request };
      await enterRun(store, run);
      const { batches, wish } = await activities.planIndicators(run);
      for (const span of batches) {
        await new MockActivityEnvironment().run(() => activities.computeIndicatorBatch(wish, span));
      }
      const summary = await activities.finishIndicatorRun(run, { waitedFor: null, wentOnWithout: null });
      return { ...summary, runId };
    },
    end: () => threads.end(),
  };
}
