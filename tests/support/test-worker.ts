import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { NativeConnection, Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import { createThreadPool } from '../../src/pipelines/indicators/thread-pool.ts';
import type { ProviderBudget } from '../../src/pipelines/sources/provider-budget.ts';
import { createSources } from '../../src/pipelines/sources/sources.ts';
import type { PolicyChoices } from '../../src/runs/run-policy.ts';
import type { RunSummary } from '../../src/runs/run-summary.ts';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import type { Store } from '../../src/store/database.ts';
import { flows, type FlowName } from '../../src/flows/index.ts';
import type { Pool } from '../../src/flows/pools.ts';
import {
  createAnalyticsActivities,
  createDataIngestionActivities,
  createMaintenancePoolActivities,
} from '../../workers/activities.ts';
import { heartbeatEveryMs, heartbeats } from '../../workers/heartbeats.ts';
import { typedFailures } from '../../workers/typed-failures.ts';
import { clockAt } from './market-clocks.ts';
import { quietRuntime } from './quiet-runtime.ts';
import { budgetWaits } from '../../workers/budget-waits.ts';

/** A workflow's input, as a person would write it. */
export type FlowParameters = Readonly<Record<string, unknown>>;

interface TestRun {
  readonly summary: RunSummary;
  readonly workflowId: string;
  readonly runId: string;
}

/** A worker in this process, on a task queue of its own. */
export interface TestWorker {
  readonly client: Client;
  readonly taskQueue: string;
  readonly budget: ProviderBudget;
  /** Runs a flow to its summary; `save` names its history, for the replay tests. */
  run(flow: FlowName, parameters: FlowParameters, save?: string): Promise<TestRun>;
  execute<T>(workflowType: string, args: readonly unknown[], save?: string): Promise<T>;
  historyOf(workflowId: string): Promise<string>;
  saveHistory(workflowId: string, name: string): Promise<void>;
  /** Waits until no workflow of this worker's task queue runs any more: those that others have started included. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

export interface TestWorkerOptions {
  readonly store: Store;
  readonly baseUrl: string;
  readonly apiKey?: string;
  readonly requestsPerMinute?: number;
  /** How long the minute of that is; unset: a minute. */
  readonly minuteMs?: number;
  readonly requestsPerDay?: number;
  readonly batchSize?: number;
  readonly timeoutMs?: number;
  /** How long a batch waits for a slot before it hands back. */
  readonly patienceMs?: number;
  /** That of an earlier worker, to take over from it. */
  readonly taskQueue?: string;
  /** It does the work of the analytics pool as well. */
  readonly analytics?: boolean;
  /** The one pool that it does the work of; unset: of all. */
  readonly served?: Pool;
  /** After how long infrastructure that is away is worth saying. */
  readonly outageMs?: number;
  /** Rows that a clean-up deletes in one piece. */
  readonly rowsAtOnce?: number;
  /** What is ended in Temporal is closed in the ledger, by a workflow that goes on: `idle` would wait for it. */
  readonly keepsLedger?: boolean;
  /** Unset, it does both: the decisions of workflows, and the work of activities. */
  readonly serves?: 'workflows' | 'activities';
  /** The code of another release; unset: today's workflows. */
  readonly workflowBundle?: string;
  /** What that does beside today's. */
  readonly alsoDoes?: Readonly<Record<string, () => Promise<void>>>;
  /** Unset, nothing is tried again. */
  readonly policy?: Partial<PolicyChoices>;
}

const poolQueues: Readonly<Record<Pool, string>> = {
  'data-ingestion': 'data-ingestion-pool',
  analytics: 'analytics-pool',
  maintenance: 'maintenance-pool',
};

/** Where `RECORD_HISTORIES=1 npm test` puts histories: those that the replay tests read. */
const historiesFolder = 'tests/replay/histories';

export async function startTestWorker(options: TestWorkerOptions): Promise<TestWorker> {
  quietRuntime();
  const address = inject('temporalAddress');
  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({ address });
  const client = new Client({ connection });
  const taskQueue = options.taskQueue ?? `test-${randomUUID()}`;
  const requestsPerMinute = options.requestsPerMinute ?? 600_000;
  const sources = createSources({ db: options.store.db, sessionsBetween }, () => ({
    baseUrl: options.baseUrl,
    apiKey: options.apiKey ?? 'test',
    // One budget for all of them.
    budgetKey: { provider: 'test', keyHash: taskQueue, baseUrl: options.baseUrl },
    requestsPerMinute,
    requestsPerDay: options.requestsPerDay ?? null,
    // Where nothing is said of the pace, a refusal that names no time should not cost a minute.
    ...(options.requestsPerMinute === undefined ? { periodMs: 200 } : {}),
    ...(options.minuteMs === undefined ? {} : { periodMs: options.minuteMs }),
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    refusalWaitsMs: [100, 200],
    now: clockAt(options.baseUrl),
  }));
  const threads = createThreadPool();
  const { served = null } = options;
  const shared = {
    store: options.store,
    served: served === null ? null : { pool: served, taskQueues: { ...poolQueues, [served]: taskQueue } },
    batchSize: options.batchSize ?? 100,
    policyChoices: { loadRetries: 0, retryDelaySeconds: 0, runTimeoutSeconds: null, ...options.policy },
    ...(options.keepsLedger === true ? { maintenanceQueue: taskQueue } : {}),
  };
  const { patienceMs, rowsAtOnce } = options;
  const does = (pool: Pool) => served === null || served === pool;
  const activities = {
    ...(does('data-ingestion')
      ? createDataIngestionActivities({
          ...shared,
          sources,
          ...(patienceMs === undefined ? {} : { patienceMs }),
        })
      : {}),
    ...(does('maintenance')
      ? createMaintenancePoolActivities({ ...shared, ...(rowsAtOnce === undefined ? {} : { rowsAtOnce }) })
      : {}),
    ...(options.analytics === true || served === 'analytics'
      ? createAnalyticsActivities({ ...shared, threads, extra: false })
      : {}),
    ...options.alsoDoes,
  };
  const worker = await Worker.create({
    connection: native,
    taskQueue,
    interceptors: { activity: [heartbeats, typedFailures(options.outageMs), budgetWaits] },
    maxHeartbeatThrottleInterval: heartbeatEveryMs,
    // Orders are noted by the worker that decides.
    activities,
    ...(options.serves === 'activities'
      ? {}
      : { workflowBundle: { code: options.workflowBundle ?? inject('workflowBundle') } }),
    ...(options.serves === 'workflows' ? { enableNonLocalActivities: false } : {}),
  });
  const running = worker.run();

  async function historyOf(workflowId: string): Promise<string> {
    return historyToJSON(await client.workflow.getHandle(workflowId).fetchHistory());
  }

  async function saveHistory(workflowId: string, name: string): Promise<void> {
    if (!process.env.RECORD_HISTORIES) return;
    mkdirSync(historiesFolder, { recursive: true });
    // Stacks in it name the folder of this machine.
    const history = (await historyOf(workflowId)).replaceAll(`${process.cwd()}/`, '');
    writeFileSync(path.join(historiesFolder, `${name}.json`), history);
  }

  async function execute<T>(
    workflowType: string,
    args: readonly unknown[],
    save?: string,
    id = randomUUID(),
  ): Promise<T> {
    const workflowId = `${workflowType}/${id}`;
    const result: unknown = await client.workflow.execute(workflowType, {
      workflowId,
      taskQueue,
      args: [...args],
    });
    if (save !== undefined) await saveHistory(workflowId, save);
    return result as T;
  }

  return {
    client,
    taskQueue,
    budget: sources.polygon.budget,
    historyOf,
    saveHistory,
    execute: (workflowType, args, save) => execute(workflowType, args, save),
    async run(flow, parameters, save) {
      const id = randomUUID();
      const workflowId = `${flows[flow].type}/${id}`;
      const summary = await execute<RunSummary>(flows[flow].type, [parameters], save, id);
      const { runId } = await client.workflow.getHandle(workflowId).describe();
      return { summary, workflowId, runId };
    },
    async idle() {
      const query = `TaskQueue = '${taskQueue}' and ExecutionStatus = 'Running'`;
      // The list runs behind what it lists: what it names has ended once its result is there.
      for await (const { workflowId } of client.workflow.list({ query }))
        // How it has ended says the ledger.
        await client.workflow
          .getHandle(workflowId)
          .result()
          .catch(() => undefined);
    },
    async stop() {
      worker.shutdown();
      await running;
      await threads.end();
      await connection.close();
      await native.close();
    },
  };
}
