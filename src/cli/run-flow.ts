import { WorkflowFailedError } from '@temporalio/client';
import { flows, type FlowName } from '../flows/index.ts';
import { startRun, type RunWish, type StartedRun } from '../operations/start-run.ts';
import { clientIdentity } from '../temporal/connection.ts';
import { withWorkers, type WorkerContext } from './context.ts';
import { RunFailed } from './errors.ts';
import { usageErrorOf } from './flow-options.ts';
import { note, printJson } from './output.ts';
import { isFailure, printEnd, summaryChoice, type FlowSummary } from './print-summary.ts';
import { showProgress } from './progress.ts';
import type { TableOptions } from './table/column.ts';
import { waitReason } from '../operations/wait-reason.ts';

interface RunOptions extends TableOptions {
  readonly json?: unknown;
  /** Commander's `--no-wait`. */
  readonly wait?: unknown;
}

/** Starts a flow and, unless told not to, waits for its summary; the exit code says how it ended. */
export async function runFlow(flow: FlowName, asked: RunWish, options: RunOptions): Promise<void> {
  const choice = summaryChoice(flow, options);
  await withWorkers(flows[flow].pool, flows[flow].asks, async (operating) => {
    const started = await startFlow(operating, flow, asked);
    const { workflowId, runId } = started;
    const { market } = operating.config;
    note(`${started.joined ? 'joined the running' : 'started'} ${workflowId}`);
    if (options.wait === false) {
      if (options.json === true) printJson({ workflowId, runId }, market);
      return;
    }
    const summary = await awaitSummary(operating, flow, started);
    if (options.json === true) printJson({ ...summary, workflowId, runId }, market);
    else printEnd({ workflowId, runId, market, summary }, choice);
    if (isFailure(summary)) process.exitCode = 1;
  });
}

/** Starts a flow. Throws `UsageError`, and errors that know their remedy. */
export async function startFlow(
  { client, config, store: { db } }: WorkerContext,
  flow: FlowName,
  asked: RunWish,
): Promise<StartedRun> {
  try {
    return await startRun({ client, config, db, startedBy: clientIdentity() }, flow, asked);
  } catch (error) {
    throw usageErrorOf(error);
  }
}

/** The summary of a run, showing its progress meanwhile. A run that failed as a whole throws its cause. */
export function awaitSummary(
  operating: WorkerContext,
  flow: FlowName,
  started: StartedRun,
): Promise<FlowSummary> {
  const { client, config, endpoints, store } = operating;
  const deps = { client, config, db: store.db, baseUrls: endpoints.baseUrls };
  return awaitResult(operating, started, { reason: () => waitReason(deps, flow, started) });
}

/** What a run ends with, showing its progress meanwhile. Throws `RunFailed` where it failed as a whole. */
export async function awaitResult<Result>(
  { client, store: { db } }: WorkerContext,
  { workflowId, runId }: Pick<StartedRun, 'workflowId' | 'runId'>,
  shown: Omit<Parameters<typeof showProgress>[0], 'db' | 'runId'>,
): Promise<Result> {
  const stop = showProgress({ db, runId, ...shown });
  const handle = client.workflow.getHandle<() => Promise<Result>>(workflowId, undefined, {
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

/** What the innermost cause of an error says. */
export function rootMessage(error: Error): string {
  return error.cause instanceof Error ? rootMessage(error.cause) : error.message;
}
