import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { z } from 'zod';
import type { PlannedWave } from '../activities/planning.ts';
import type { Flow } from '../src/flows/flow.ts';
import type { IngestionRequest, IngestionRun } from '../src/runs/ingestion-request.ts';
import type { RunSummary } from '../src/runs/run-summary.ts';
import { enterLoads, finishRun, pacedActivities, syncInstruments } from './activity-proxies.ts';
import { loadInWaves, type LoadingState } from './load-waves.ts';
import { endsOnErrors } from './ends-on-errors.ts';
import { startRefetches } from './refetch-series.ts';
import { conductRun, type FlowWorkflow, type RunContext } from './run-lifecycle.ts';
import type { syncCorporateActions } from './sync-corporate-actions.ts';

/** Ten requests a symbol, for what is left of a run's hour. */
const fundamentalsSeconds = 3_600;
/** Fifty requests at the slowest pace. */
const comparisonSeconds = 7_200;

/** The workflow of a flow that brings bars: from the plan to the summary. */
export function ingestionWorkflow<Schema extends z.ZodObject>(
  flow: Flow<Schema, IngestionRequest>,
): FlowWorkflow<RunSummary, LoadingState> {
  return endsOnErrors((...args) => conductRun(flow, args, ingest));
}

async function ingest(
  context: RunContext<IngestionRequest>,
  handOver: (state: LoadingState) => Promise<never>,
  resumed: LoadingState | null,
): Promise<RunSummary> {
  const { policy, steering } = context;
  steering.takeOrders(true);
  const planned = resumed === null ? await enter(context.run) : null;
  const run = withoutSymbols(context.run);
  const loaded = await loadInWaves({ ...context, run, handOver }, planned, resumed).finally(() =>
    steering.end(),
  );
  steering.takeOrders(false);
  if (policy.crossCheck) await pacedActivities(comparisonSeconds).crossCheck(loaded);
  if (loaded.request.includeFundamentals)
    await pacedActivities(fundamentalsSeconds).loadFundamentals(loaded, 'fundamentals');
  if (loaded.request.includeKeyStatistics)
    await pacedActivities(fundamentalsSeconds).loadFundamentals(loaded, 'key_statistics');
  if (policy.actions === 'sync') await startActionSync(loaded);
  if (policy.actions === 'refetch')
    await startRefetches(await pacedActivities(fundamentalsSeconds).findStaleSeries(loaded));
  return finishRun(loaded);
}

/** Enters the loads of a run, and plans them at once where every symbol is known. */
async function enter(run: IngestionRun): Promise<PlannedWave | null> {
  let entered = await enterLoads(run);
  if ('listsDue' in entered) {
    for (const list of entered.listsDue) await syncInstruments(run.runId, list, run.request.source);
    entered = await enterLoads(run, { listsAreRead: true });
  }
  if ('wave' in entered) return entered.wave;
  if ('unidentified' in entered)
    await pacedActivities(entered.seconds).identifyLoads(run.runId, run.request.source);
  return null;
}

/** The ledger has them now, and the list may be long. */
function withoutSymbols({ request: { symbols, ...request }, ...run }: IngestionRun): IngestionRun {
  return { ...run, request };
}

/** Corporate actions are brought up to date beside the run: no summary should wait for them. */
async function startActionSync(run: IngestionRun): Promise<void> {
  try {
    await startChild<typeof syncCorporateActions>('syncCorporateActions', {
      workflowId: `${run.workflowId}/corporate-actions`,
      args: [run],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: 'Splits and dividends of the market',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
