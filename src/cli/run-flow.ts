import { WorkflowExecutionAlreadyStartedError, WorkflowFailedError } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { sourceOf, type IngestionRequest } from '../runs/ingestion-run.ts';
import { previewRun } from '../pipelines/planning/preview-run.ts';
import { workflowIdOf } from '../runs/run-identity.ts';
import { sessionsOf } from '../runs/run-sessions.ts';
import type { Config } from '../config.ts';
import type { RunSummary } from '../runs/run-summary.ts';
import type { Store } from '../store/database.ts';
import { resolveSymbols } from '../store/instruments.ts';
import { flows, poolOf, priorityOf, runAttributes, type Flow } from '../temporal/names.ts';
import { openOperating, type Operating } from './context.ts';
import { RunFailed, UsageError } from './errors.ts';
import { ambiguous } from './find-instrument.ts';
import { note, printJson, printSummary } from './output.ts';
import { showProgress } from './progress.ts';

export interface RunOptions {
  readonly json?: true;
  /** Commander's `--no-wait`. */
  readonly wait: boolean;
}

/** A workflow that was started, or joined because the same was asked before and still runs. */
export interface StartedRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly joined: boolean;
}

/** Starts a flow and, unless told not to, waits for its summary; the exit code says how it ended. */
export async function runFlow(flow: Flow, request: IngestionRequest, options: RunOptions): Promise<void> {
  const operating = await openOperating(poolOf[flow], sourceOf(request));
  try {
    const started = await startFlow(operating, flow, request);
    const { workflowId, runId } = started;
    note(`${started.joined ? 'joined the running' : 'started'} ${workflowId}`);
    if (!options.wait) {
      if (options.json) printJson({ workflowId, runId });
      return;
    }
    const summary = await awaitSummary(operating, started);
    if (options.json) printJson({ ...summary, workflowId, runId, ...marketOf(operating) });
    else printSummary(workflowId, operating.config.market, summary);
    if (summary.failed > 0) process.exitCode = 1;
  } finally {
    await operating.close();
  }
}

/**
 * Starts the workflow under its business key; the same asked twice is one run. Throws `UsageError` for a symbol that
 * could be several, and for a plan that takes longer than a person allows.
 */
export async function startFlow(
  { client, config, store }: Operating,
  flow: Flow,
  request: IngestionRequest,
): Promise<StartedRun> {
  await requireUnambiguous(store, request.symbols ?? []);
  await requireTime(store, config, request);
  const workflowId = workflowIdOf(flow, request);
  const session = sessionsOf(request).range.to;
  return startOnce({ client, config }, { flow, workflowId, request, session });
}

/** Throws `UsageError` for a symbol that could be several. */
export async function requireUnambiguous(store: Store, symbols: readonly string[]): Promise<void> {
  for (const [typed, resolution] of await resolveSymbols(store.db, symbols)) {
    if (resolution.kind === 'ambiguous') throw ambiguous(typed, resolution.candidates);
  }
}

/** Starts a workflow under its own id, or joins the one that runs under it; `session` is the last one that it is for. */
export async function startOnce(
  { client, config }: Pick<Operating, 'client' | 'config'>,
  {
    flow,
    workflowId,
    request,
    session,
  }: {
    readonly flow: Flow;
    readonly workflowId: string;
    readonly request: object;
    readonly session: string;
  },
): Promise<StartedRun> {
  try {
    const handle = await client.workflow.start(flows[flow], {
      workflowId,
      taskQueue: config.taskQueues[poolOf[flow]],
      args: [request],
      workflowIdConflictPolicy: 'FAIL',
      typedSearchAttributes: new TypedSearchAttributes(runAttributes(flow, session, 'on-demand')),
      priority: priorityOf(flow),
    });
    return { workflowId, runId: handle.firstExecutionRunId, joined: false };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const { raw } = await client.workflow.getHandle(workflowId).describe();
    const runId = raw.workflowExecutionInfo?.firstRunId ?? '';
    return { workflowId, runId, joined: true };
  }
}

async function requireTime(store: Store, config: Config, request: IngestionRequest): Promise<void> {
  const { runTimeoutSeconds } = config.policy;
  if (runTimeoutSeconds === null) return;
  const { requestsPerMinute } = config[sourceOf(request)];
  const plan = await previewRun({ store, requestsPerMinute }, request);
  if (plan.estimatedSeconds <= runTimeoutSeconds) return;
  throw new UsageError(
    `the plan takes ${plan.estimatedSeconds} s at the provider's pace, RUN_TIMEOUT_SECONDS allows ${runTimeoutSeconds} s`,
    'raise RUN_TIMEOUT_SECONDS, or ask for less',
  );
}

/** The result of a run, showing its progress meanwhile. A run that failed as a whole throws its cause. */
export async function awaitSummary(
  operating: Operating,
  { workflowId, runId }: StartedRun,
): Promise<RunSummary> {
  const stop = showProgress(operating.store.db, runId);
  const handle = operating.client.workflow.getHandle<() => Promise<RunSummary>>(workflowId, undefined, {
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
