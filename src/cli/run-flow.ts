import { WorkflowExecutionAlreadyStartedError, WorkflowFailedError } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { exchangeCalendar } from '../calendar/exchange-calendar.ts';
import { flows, type FlowName } from '../flows/index.ts';
import { plannedRun } from '../flows/runs.ts';
import { previewRun } from '../pipelines/planning/preview-run.ts';
import type { RunRequest } from '../runs/run.ts';
import { resolveSymbols } from '../store/instruments.ts';
import { runAttributes } from '../temporal/names.ts';
import { openOperating, type Operating } from './context.ts';
import { RunFailed, UsageError } from './errors.ts';
import { ambiguous } from './find-instrument.ts';
import { usageErrorOf, type Asked } from './flow-options.ts';
import { note, printJson } from './output.ts';
import { isFailure, printEnd, type FlowSummary } from './print-summary.ts';
import { showProgress } from './progress.ts';

export interface RunOptions {
  readonly json?: unknown;
  /** Commander's `--no-wait`. */
  readonly wait?: unknown;
}

/** A workflow that was started, or joined because the same was asked before and still runs. */
export interface StartedRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly joined: boolean;
}

/** Starts a flow and, unless told not to, waits for its summary; the exit code says how it ended. */
export async function runFlow(flow: FlowName, asked: Asked, options: RunOptions): Promise<void> {
  const operating = await openOperating(flows[flow].pool, flows[flow].asks);
  try {
    const started = await startFlow(operating, flow, asked);
    const { workflowId, runId } = started;
    note(`${started.joined ? 'joined the running' : 'started'} ${workflowId}`);
    if (options.wait === false) {
      if (options.json === true) printJson({ workflowId, runId });
      return;
    }
    const summary = await awaitSummary(operating, started);
    if (options.json === true) printJson({ ...summary, workflowId, runId, ...marketOf(operating) });
    else printEnd(workflowId, operating.config.market, summary);
    if (isFailure(summary)) process.exitCode = 1;
  } finally {
    await operating.close();
  }
}

/**
 * Starts the workflow under its business key; the same asked twice is one run. Throws `UsageError` for a symbol that
 * could be several, and for a plan that takes longer than a person allows.
 */
export async function startFlow(
  operating: Operating,
  name: FlowName,
  { parameters, request }: Asked,
): Promise<StartedRun> {
  await requireUnambiguous(operating, request);
  await requireTime(operating, request);
  const { client, config } = operating;
  const flow = flows[name];
  const { workflowId, sessions } = planned(name, request);
  try {
    const handle = await client.workflow.start(flow.type, {
      workflowId,
      taskQueue: config.taskQueues[flow.pool],
      args: [parameters],
      workflowIdConflictPolicy: 'FAIL',
      typedSearchAttributes: new TypedSearchAttributes(runAttributes(flow, sessions.range.to, 'on-demand')),
      priority: { priorityKey: flow.priorityKey },
    });
    return { workflowId, runId: handle.firstExecutionRunId, joined: false };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const { raw } = await client.workflow.getHandle(workflowId).describe();
    const runId = raw.workflowExecutionInfo?.firstRunId ?? '';
    return { workflowId, runId, joined: true };
  }
}

function planned(name: FlowName, request: RunRequest) {
  try {
    return plannedRun(flows[name], request, exchangeCalendar);
  } catch (error) {
    throw usageErrorOf(error);
  }
}

async function requireUnambiguous({ store }: Operating, request: RunRequest): Promise<void> {
  const symbols = 'symbols' in request ? (request.symbols ?? []) : [];
  for (const [typed, resolution] of await resolveSymbols(store.db, symbols)) {
    if (resolution.kind === 'ambiguous') throw ambiguous(typed, resolution.candidates);
  }
}

async function requireTime({ store: { db }, config }: Operating, request: RunRequest): Promise<void> {
  const { runTimeoutSeconds } = config.policy;
  if (runTimeoutSeconds === null || !('interval' in request)) return;
  const { requestsPerMinute } = config.sources[request.source];
  const { estimatedSeconds } = await previewRun({ db, requestsPerMinute }, request);
  if (estimatedSeconds <= runTimeoutSeconds) return;
  throw new UsageError(
    `the plan takes ${estimatedSeconds} s at the provider's pace, RUN_TIMEOUT_SECONDS allows ${runTimeoutSeconds} s`,
    'raise RUN_TIMEOUT_SECONDS, or ask for less',
  );
}

/** The result of a run, showing its progress meanwhile. A run that failed as a whole throws its cause. */
export async function awaitSummary(
  operating: Operating,
  { workflowId, runId }: StartedRun,
): Promise<FlowSummary> {
  const stop = showProgress(operating.store.db, runId);
  const handle = operating.client.workflow.getHandle<() => Promise<FlowSummary>>(workflowId, undefined, {
    firstExecutionRunId: runId,
  });
  try {
    return await handle.result();
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    throw new RunFailed(`${workflowId} failed: ${rootMessage(error)}`, runId, { cause: error });
  } finally {
    await stop();
  }
}

function rootMessage(error: Error): string {
  return error.cause instanceof Error ? rootMessage(error.cause) : error.message;
}

/** Says in a document that its figures come from the simulated market. */
export function marketOf({ config }: Operating): { readonly market?: 'SIMULATED' } {
  return config.market === 'simulated' ? { market: 'SIMULATED' } : {};
}
