import { ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import { TypedSearchAttributes, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { z } from 'zod';
import type { PlannedWave } from '../activities/planning.ts';
import type { Flow } from '../src/flows/flow.ts';
import type { IngestionRequest, IngestionRun } from '../src/runs/ingestion-request.ts';
import type { RunSummary } from '../src/runs/run-summary.ts';
import { syncCorporateActions as syncActions } from '../src/flows/side-flows.ts';
import { childMemo, inherited, longestExecution } from '../src/temporal/names.ts';
import {
  enterLoads,
  finishRun,
  listSeconds,
  noteBrokenOff,
  pacedActivities,
  phaseSeconds,
  planJudgement,
  readListOf,
} from './activity-proxies.ts';
import { showDetails } from './details.ts';
import { loadInWaves, type LoadingState } from './load-waves.ts';
import { endsOnErrors } from './ends-on-errors.ts';
import { overDays } from './over-days.ts';
import { causeOf, completed, deadlineExceeded, isToEnd } from './run-end.ts';
import { conductRun, type FlowWorkflow, type RunContext } from './run-lifecycle.ts';
import { newSplit, settlement, startRuns } from './start-runs.ts';
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
  const planned = resumed === null ? await enter(context) : null;
  const run = withoutSymbols(context.run);
  const loaded = await loadInWaves({ ...context, run, handOver }, planned, resumed).finally(() =>
    steering.end(),
  );
  const ended = { ...context, run: loaded };
  await askBesideBars(ended);
  if (policy.actions === 'sync') await startActionSync(loaded);
  if (policy.actions === 'refetch') await fetchStaleAgain(ended);
  if (policy.judges) await judgeSettled(context);
  return completed(steering, () => finishRun(loaded));
}

/** What is asked of the source once the bars are there: a pause still holds it. */
async function askBesideBars(context: RunContext<IngestionRequest>): Promise<void> {
  const { run, policy, steering } = context;
  const { includeFundamentals, includeKeyStatistics } = run.request;
  const seconds = policy.crossCheck ? comparisonSeconds : fundamentalsSeconds;
  const { crossCheck, loadFundamentals } = pacedActivities(seconds);
  const asked = [
    policy.crossCheck &&
      (['comparing a sample with the series of its symbols', () => crossCheck(run)] as const),
    includeFundamentals && (['loading statements', () => loadFundamentals(run, 'fundamentals')] as const),
    includeKeyStatistics &&
      (['loading key statistics', () => loadFundamentals(run, 'key_statistics')] as const),
  ].filter((ask) => ask !== false);
  steering.takeOrders('pauses');
  for (const [what, ask] of asked) {
    showDetails(what);
    await orGoOn(run.runId, () => overDays(steering, { what, seconds: phaseSeconds(seconds) }, ask));
  }
  if (asked.length > 0) await steering.untilRunning();
  steering.takeOrders('cancellation');
}

/** What is beside the bars of a run and takes too long is left, which the run says: its bars are there. */
async function orGoOn(runId: string, ask: () => Promise<void>): Promise<void> {
  try {
    await ask();
  } catch (error) {
    const cause = causeOf(error);
    if (isToEnd(error) || cause.kind !== deadlineExceeded) throw error;
    await noteBrokenOff(runId, cause);
  }
}

async function fetchStaleAgain({ run, steering }: RunContext<IngestionRequest>): Promise<void> {
  const limit = { what: 'looking for what splits have made stale', seconds: 600 };
  const { findStaleSeries } = pacedActivities(0);
  await orGoOn(run.runId, async () => {
    await startRuns(await steering.within(limit, () => findStaleSeries(run)), run.runId, newSplit);
  });
}

/** What is settled is judged by a run of its own. */
async function judgeSettled({ run, steering }: RunContext<IngestionRequest>): Promise<void> {
  const limit = { what: 'having judged what is settled', seconds: 600 };
  await orGoOn(run.runId, async () => {
    await startRuns([await steering.within(limit, () => planJudgement(run))], run.runId, settlement);
  });
}

/** Enters the loads of a run, and plans them at once where every symbol is known. */
async function enter({ run, policy, steering }: RunContext<IngestionRequest>): Promise<PlannedWave | null> {
  const { runId, request } = run;
  const planning = { what: 'the planning of the run', seconds: policy.timeoutSeconds };
  let entered = await steering.within(planning, () => enterLoads(run));
  if ('listsDue' in entered) {
    for (const list of entered.listsDue) {
      const limit = { what: `reading the list of ${list} instruments`, seconds: listSeconds };
      await overDays(steering, limit, () => readListOf(list, request.source, runId));
    }
    entered = await steering.within(planning, () => enterLoads(run, { listsAreRead: true }));
  }
  if ('wave' in entered) return entered.wave;
  if ('unidentified' in entered) {
    const { unidentified, seconds } = entered;
    const { identifyLoads } = pacedActivities(seconds);
    const limit = { what: `looking up ${unidentified} symbols`, seconds: phaseSeconds(seconds) };
    await overDays(steering, limit, () => identifyLoads(runId, request.source));
  }
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
      staticSummary: `splits and dividends for ${run.workflowId}`,
      memo: childMemo(syncActions, run.runId),
      priority: { priorityKey: syncActions.priorityKey },
      workflowExecutionTimeout: longestExecution,
      typedSearchAttributes: new TypedSearchAttributes(
        inherited(workflowInfo().typedSearchAttributes.getAll()),
      ),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
