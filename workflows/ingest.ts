import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import type { IngestionRequest, IngestionRun } from '../activities/ingestion-run.ts';
import type { RunSummary } from '../src/domain/run.ts';
import type { Flow } from '../src/temporal/names.ts';
import {
  abandonRun,
  enterLoads,
  finishRun,
  openRun,
  pacedActivities,
  planLoads,
  syncInstruments,
} from './activity-proxies.ts';

/** A run from plan to summary; whatever ends it early, the ledger is closed before it does. */
export async function ingest(flow: Flow, request: IngestionRequest): Promise<RunSummary> {
  const { workflowId, firstExecutionRunId, startTime } = workflowInfo();
  const run = { workflowId, runId: firstExecutionRunId, flow, startedAt: startTime.toISOString(), request };
  try {
    await prepare(run);
    await load(run);
    return await finishRun(run);
  } catch (error) {
    await CancellationScope.nonCancellable(() => abandonRun(run.runId, endOf(error), causeOf(error)));
    throw error;
  }
}

async function prepare(run: IngestionRun): Promise<void> {
  const { listsDue } = await openRun(run);
  for (const list of listsDue) await syncInstruments(run.runId, list);
  const { unidentified, seconds } = await enterLoads(run);
  if (unidentified > 0) await pacedActivities(seconds).identifyLoads(run.runId);
}

async function load(run: IngestionRun): Promise<void> {
  const { batches, seconds } = await planLoads(run);
  const { loadBatch } = pacedActivities(seconds);
  for (let batch = 0; batch < batches; batch += 1) await loadBatch(run.runId, batch);
}

function endOf(error: unknown): 'failed' | 'cancelled' {
  return isCancellation(error) ? 'cancelled' : 'failed';
}

function causeOf(error: unknown): { readonly kind: string; readonly message: string } {
  if (isCancellation(error)) return { kind: 'Cancelled', message: 'the run was cancelled' };
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  return { kind: cause instanceof ApplicationFailure ? (cause.type ?? cause.name) : 'RunFailed', message };
}
