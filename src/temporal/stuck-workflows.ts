import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { inLanes } from '../domain/in-lanes.ts';
import type { Pool } from '../flows/pools.ts';
import { lastEvents } from './last-events.ts';
import { unservedQueues, waitsForWorker } from './unserved-queues.ts';
import { setting } from '../setting.ts';

/** A workflow that does not get on by itself, why, and what a person can do about it. */
export interface StuckWorkflow {
  readonly workflowId: string;
  /** Of its first execution, as the ledger has it. */
  readonly runId: string;
  /** What fails: its own code, or an activity by its name; or the task queue that nobody serves. */
  readonly what: string;
  /** How often that was tried by now; 0: it was not. */
  readonly attempts: number;
  readonly cause: string;
  readonly remedy: string;
}

/** What fails once or twice may have met a worker that was just ended. */
const attemptsOfCode = 3;
const attemptsOfActivity = 5;
/** Failures of activities that only say when to come again. */
const waits: readonly string[] = ['BudgetFar', 'TurnOfAnother'];
/** So many workflows under way are looked at, the newest first. */
const mostAsked = 200;
const atOnce = 8;

/** The workflows under way on task queues that fail again and again, or whose queue nobody serves. */
export async function stuckWorkflows(
  client: Client,
  taskQueues: Readonly<Record<Pool, string>>,
): Promise<readonly StuckWorkflow[]> {
  const names = [...new Set(Object.values(taskQueues))];
  const queues = names.map((queue) => `'${queue.replaceAll("'", "''")}'`).join(', ');
  const query = `ExecutionStatus = 'Running' and TaskQueue in (${queues})`;
  const running: { readonly workflowId: string; readonly runId: string }[] = [];
  for await (const one of client.workflow.list({ query, pageSize: mostAsked })) {
    running.push(one);
    if (running.length === mostAsked) break;
  }
  const unserved = running.length === 0 ? new Map<string, Pool>() : await unservedQueues(client, taskQueues);
  const stuck: StuckWorkflow[] = [];
  await inLanes(running, atOnce, async ({ workflowId, runId }) => {
    const execution = await client.workflow.getHandle(workflowId, runId).describe();
    const pool = waitsForWorker(execution) ? unserved.get(execution.taskQueue) : undefined;
    const troubles = await troublesOf(client, execution);
    stuck.push(...troubles);
    if (troubles.length === 0 && pool !== undefined) stuck.push(unservedRun(execution, pool));
  });
  return stuck.sort((a, b) => (a.workflowId < b.workflowId ? -1 : 1));
}

async function troublesOf(
  client: Client,
  execution: WorkflowExecutionDescription,
): Promise<readonly StuckWorkflow[]> {
  const { workflowId, raw } = execution;
  const own = keyOf(execution);
  const trouble = await troubleOfCode(client, execution);
  if (trouble !== null)
    return [{ ...own, what: 'its workflow code', ...trouble, remedy: remedyOfCode(workflowId) }];
  return (raw.pendingActivities ?? []).flatMap(({ activityType, attempt, lastFailure }) => {
    const type = lastFailure?.applicationFailureInfo?.type ?? '';
    const tried = attempt ?? 0;
    if (tried < attemptsOfActivity || !lastFailure || waits.includes(type)) return [];
    const what = `the activity ${activityType?.name ?? ''}`;
    const cause = `${type === '' ? '' : `${type}: `}${lastFailure.message ?? ''}`;
    return { ...own, what, attempts: tried, cause, remedy: remedyOfActivity(type, own.runId) };
  });
}

function keyOf({ workflowId, runId, raw }: WorkflowExecutionDescription) {
  return { workflowId, runId: raw.workflowExecutionInfo?.firstRunId || runId };
}

const queueSettings: Readonly<Record<Pool, string>> = {
  'data-ingestion': setting('TASK_QUEUE_DATA_INGESTION'),
  analytics: setting('TASK_QUEUE_ANALYTICS'),
  maintenance: setting('TASK_QUEUE_MAINTENANCE'),
};

function unservedRun(execution: WorkflowExecutionDescription, pool: Pool): StuckWorkflow {
  return {
    ...keyOf(execution),
    what: `its task queue ${execution.taskQueue}`,
    attempts: 0,
    cause: 'no worker takes work from that queue',
    remedy: `start one: barwright up, or barwright worker --pool ${pool}; where they run, ${queueSettings[pool]} names another queue for them`,
  };
}

/** How often the code of a workflow has failed in a row, and why; null: not often. */
export async function troubleOfCode(
  client: Client,
  execution: WorkflowExecutionDescription,
): Promise<Pick<StuckWorkflow, 'attempts' | 'cause'> | null> {
  const attempts = execution.raw.pendingWorkflowTask?.attempt ?? 0;
  return attempts < attemptsOfCode ? null : { attempts, cause: await causeOfCode(client, execution) };
}

/** The events that follow a failure are few: of those after the first none is kept. */
const eventsSince = 30;

async function causeOfCode(client: Client, execution: WorkflowExecutionDescription): Promise<string> {
  const { workflowId, runId } = execution;
  const events = await lastEvents(client, { workflowId, runId }, eventsSince);
  const failed = events.flatMap(({ workflowTaskFailedEventAttributes: failure }) => failure?.failure ?? []);
  return failed[0]?.message ?? 'it does not answer in time: its worker hangs, or ends before it is done';
}

function remedyOfCode(workflowId: string): string {
  return (
    'start the workers of the release that it was begun with; or let it begin anew with all that is stored: ' +
    `temporal workflow reset --workflow-id '${workflowId}' --type FirstWorkflowTask --reason 'another release'`
  );
}

function remedyOfActivity(type: string, runId: string): string {
  if (type === 'UnknownActivity')
    return 'start the workers of the release that it was begun with, or a later one';
  if (type === 'InfrastructureFailed' || type === 'Outage')
    return 'bring back what the cause names: it goes on by itself then';
  return `remove the cause, and it goes on; or end it: barwright runs cancel ${runId}`;
}
