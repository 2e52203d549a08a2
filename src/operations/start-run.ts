import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { exchangeCalendar } from '../calendar/exchange-calendar.ts';
import type { Config } from '../config.ts';
import { flows, type FlowName } from '../flows/index.ts';
import { runTitle, symbolsInBrief } from '../flows/run-title.ts';
import { plannedRun } from '../flows/runs.ts';
import type { RunRequest } from '../runs/run.ts';
import type { Database } from '../store/database.ts';
import { resolveSymbols } from '../store/instruments.ts';
import { runElsewhere } from '../store/open-runs.ts';
import { namespaceIdOf } from '../temporal/namespace-id.ts';
import { longestExecution, runAttributes, runMemo } from '../temporal/names.ts';
import { previewPlan } from './preview-plan.ts';
import { AmbiguousSymbol, PlanTakesTooLong, RunsElsewhere } from './refusals.ts';

/** What starting a run needs. */
export interface StartDeps {
  readonly client: Client;
  readonly db: Database;
  readonly config: Config;
  /** Who asks, for the ledger and Temporal's memo. */
  readonly startedBy: string;
}

/** What is asked of a flow: its workflow's input, and the request that it makes. */
export interface RunWish {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly request: RunRequest;
}

/** A workflow that was started, or joined because the same was asked before and still runs. */
export interface StartedRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly joined: boolean;
}

/**
 * Starts the workflow of a flow under its business key; the same asked twice is one run. Throws `AmbiguousSymbol`,
 * `PlanTakesTooLong` where a person has set a limit, `RunsElsewhere`, and what `plannedRun` throws.
 */
export async function startRun(deps: StartDeps, name: FlowName, asked: RunWish): Promise<StartedRun> {
  const { client, config } = deps;
  const flow = flows[name];
  await requireUnambiguous(deps, asked.request);
  await requireTime(deps, asked.request);
  const { workflowId, sessions } = plannedRun(flow, asked.request, exchangeCalendar);
  const session = sessions.range.to;
  const elsewhere = await runElsewhere(deps.db, workflowId, await namespaceIdOf(client));
  if (elsewhere !== null) throw new RunsElsewhere(workflowId, elsewhere);
  try {
    const handle = await client.workflow.start(flow.type, {
      workflowId,
      taskQueue: config.taskQueues[flow.pool],
      args: [asked.parameters],
      workflowIdConflictPolicy: 'FAIL',
      typedSearchAttributes: new TypedSearchAttributes(
        runAttributes(flow, { session, symbols: symbolsInBrief(asked.request) }, 'on-demand'),
      ),
      ...runTitle(flow, { ...asked, session }),
      memo: runMemo(flow, deps.startedBy),
      workflowExecutionTimeout: longestExecution,
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

async function requireUnambiguous({ db }: Pick<StartDeps, 'db'>, request: RunRequest): Promise<void> {
  const symbols = 'symbols' in request ? (request.symbols ?? []) : [];
  for (const [typed, resolution] of await resolveSymbols(db, symbols)) {
    if (resolution.kind === 'ambiguous') throw new AmbiguousSymbol(typed, resolution.candidates);
  }
}

async function requireTime(
  { db, config }: Pick<StartDeps, 'db' | 'config'>,
  request: RunRequest,
): Promise<void> {
  const { runTimeoutSeconds } = config.policy;
  if (runTimeoutSeconds === null || !('interval' in request)) return;
  const { paceSeconds } = (await previewPlan({ db, config }, request)).estimate;
  if (paceSeconds > runTimeoutSeconds) throw new PlanTakesTooLong(paceSeconds, runTimeoutSeconds);
}
