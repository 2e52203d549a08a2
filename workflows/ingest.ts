import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { IngestionRequest, IngestionRun } from '../activities/ingestion-run.ts';
import type { RunPolicy } from '../activities/planning.ts';
import type { RunSummary } from '../src/domain/run.ts';
import type { Flow } from '../src/temporal/names.ts';
import {
  abandonRun,
  enterLoads,
  finishRun,
  noteRetry,
  openRun,
  pacedActivities,
  syncInstruments,
} from './activity-proxies.ts';
import { loadInWaves } from './load-waves.ts';
import { steer, type Steering } from './steering.ts';

interface Cause {
  readonly kind: string;
  readonly message: string;
}

/**
 * A run from plan to summary. One that cannot go on is tried again as a whole where its policy says so; whatever ends
 * it for good, the ledger is closed before it does.
 */
export async function ingest(flow: Flow, request: IngestionRequest): Promise<RunSummary> {
  const { workflowId, firstExecutionRunId, startTime } = workflowInfo();
  const run = { workflowId, runId: firstExecutionRunId, flow, startedAt: startTime.toISOString(), request };
  const steering = steer('range' in request.sessions);
  try {
    const policy = await openRun(run);
    for (let retries = 0; ; retries += 1) {
      try {
        return await attempt(run, policy, steering);
      } catch (error) {
        if (isCancellation(error) || isFinal(error) || retries >= policy.runRetries) throw error;
        await noteRetry(run.runId, causeOf(error), policy.runRetryDelaySeconds);
        await sleep(policy.runRetryDelaySeconds * 1000);
      }
    }
  } catch (error) {
    const end = isCancellation(error) ? 'cancelled' : 'failed';
    await CancellationScope.nonCancellable(() => abandonRun(run.runId, end, causeOf(error)));
    throw error;
  }
}

async function attempt(run: IngestionRun, policy: RunPolicy, steering: Steering): Promise<RunSummary> {
  for (const list of policy.listsDue) await syncInstruments(run.runId, list);
  const { unidentified, seconds } = await enterLoads(run);
  if (unidentified > 0) await pacedActivities(seconds).identifyLoads(run.runId);
  const loaded = await loadInWaves(run, policy, steering).finally(() => steering.end());
  if (policy.crossCheck) await pacedActivities(policy.crossCheckSeconds).crossCheck(loaded);
  return finishRun(loaded);
}

/** A cause that no second try removes. */
function isFinal(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && cause.nonRetryable === true;
}

function causeOf(error: unknown): Cause {
  if (isCancellation(error)) return { kind: 'Cancelled', message: 'the run was cancelled' };
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  return { kind: cause instanceof ApplicationFailure ? (cause.type ?? cause.name) : 'RunFailed', message };
}
