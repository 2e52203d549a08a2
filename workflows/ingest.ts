import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  ContinueAsNew,
  continueAsNew,
  ParentClosePolicy,
  sleep,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError, type Workflow } from '@temporalio/common';
import type { IngestionRequest, IngestionRun } from '../src/runs/ingestion-run.ts';
import type { RunPolicy } from '../activities/planning.ts';
import type { RunSummary } from '../src/runs/run-summary.ts';
import type { Flow } from '../src/temporal/names.ts';
import {
  enterLoads,
  finishRun,
  noteRetry,
  openRun,
  pacedActivities,
  syncInstruments,
} from './activity-proxies.ts';
import { startRefetches } from './refetch-series.ts';
import { loadInWaves, type LoadingState, type RunContext } from './load-waves.ts';
import { causeOf, endRun, isToEnd } from './run-end.ts';
import { steer } from './steering.ts';

/** Ten requests a symbol, for what is left of a run's hour. */
const fundamentalsSeconds = 3_600;

/** What one execution of a run leaves to the next. */
export interface ResumedRun {
  readonly policy: RunPolicy;
  readonly loading: LoadingState;
}

/**
 * A run from plan to summary. One that cannot go on is tried again as a whole where its policy says so; whatever ends
 * it for good, the ledger is closed before it does. A run whose history has become long goes on as another execution.
 */
export async function ingest(
  flow: Flow,
  request: IngestionRequest,
  resumed: ResumedRun | null = null,
): Promise<RunSummary> {
  const { workflowId, firstExecutionRunId, startTime } = workflowInfo();
  const run = { workflowId, runId: firstExecutionRunId, flow, startedAt: startTime.toISOString(), request };
  const steering = steer('range' in request.sessions, resumed?.loading.workedMs);
  try {
    // Even where it is cancelled at once: what is not in the ledger cannot be closed there.
    const policy = resumed?.policy ?? (await CancellationScope.nonCancellable(() => openRun(run)));
    let loading = resumed?.loading ?? null;
    for (let retries = 0; ; retries += 1) {
      try {
        return await attempt({ run, policy, steering }, loading);
      } catch (error) {
        const ends = isToEnd(error) || error instanceof ContinueAsNew || isFinal(error);
        if (ends || retries >= policy.runRetries) throw error;
        loading = null;
        await noteRetry(run.runId, causeOf(error), policy.runRetryDelaySeconds);
        await sleep(policy.runRetryDelaySeconds * 1000);
      }
    }
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    return await endRun(run.runId, error);
  }
}

async function attempt(context: RunContext, resumed: LoadingState | null): Promise<RunSummary> {
  const { run, policy, steering } = context;
  if (resumed === null) await enter(run, policy);
  const handOver = (loading: LoadingState) =>
    continueAsNew<Workflow>(run.request, { policy, loading } satisfies ResumedRun);
  const begun = { ...context, run: resumed?.run ?? run };
  const loaded = await loadInWaves(begun, resumed, handOver).finally(() => steering.end());
  if (policy.crossCheck) await pacedActivities(policy.crossCheckSeconds).crossCheck(loaded);
  if (run.request.includeFundamentals)
    await pacedActivities(fundamentalsSeconds).readFundamentals(loaded, 'fundamentals');
  if (run.request.includeKeyStatistics)
    await pacedActivities(fundamentalsSeconds).readFundamentals(loaded, 'key_statistics');
  if (policy.actions !== undefined) await followActions(loaded, policy.actions);
  return finishRun(loaded);
}

/** Corporate actions are brought up to date beside the run; what splits have made stale is fetched again. */
async function followActions(run: IngestionRun, wish: 'sync' | 'refetch'): Promise<void> {
  if (wish === 'refetch') {
    await startRefetches(await pacedActivities(fundamentalsSeconds).findStaleSeries(run));
    return;
  }
  try {
    await startChild('syncCorporateActions', {
      workflowId: `${run.workflowId}/corporate-actions`,
      args: [run],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: 'Splits and dividends of the market',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

async function enter(run: IngestionRun, { listsDue }: RunPolicy): Promise<void> {
  for (const list of listsDue) await syncInstruments(run.runId, list);
  const { unidentified, seconds } = await enterLoads(run);
  if (unidentified > 0) await pacedActivities(seconds).identifyLoads(run.runId, run.request.source);
}

/** A cause that no second try removes. */
function isFinal(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && cause.nonRetryable === true;
}
