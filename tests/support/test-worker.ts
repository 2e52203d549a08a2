import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import type { IngestionRequest } from '../../src/runs/ingestion-run.ts';
import { createThreadPool } from '../../src/pipelines/indicators/thread-pool.ts';
import {
  createProviderBudget,
  type ProviderBudget,
  type Turn,
} from '../../src/pipelines/sources/provider-budget.ts';
import type { PolicyChoices } from '../../src/runs/run-policy.ts';
import type { RunSummary } from '../../src/runs/run-summary.ts';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { createPolygonProvider } from '../../src/providers/polygon/client.ts';
import { createYahooProvider } from '../../src/providers/yahoo/client.ts';
import type { Store } from '../../src/store/database.ts';
import { flows, type Flow } from '../../src/temporal/names.ts';
import { createAnalyticsActivities, createDataIngestionActivities } from '../../workers/activities.ts';
import { heartbeats } from '../../workers/heartbeats.ts';

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
  run(flow: Flow, request: IngestionRequest, save?: string): Promise<TestRun>;
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
  readonly batchSize?: number;
  readonly timeoutMs?: number;
  /** How long a batch waits for a slot before it hands back. */
  readonly patienceMs?: number;
  /** That of an earlier worker, to take over from it. */
  readonly taskQueue?: string;
  /** It does the work of the analytics pool as well. */
  readonly analytics?: boolean;
  /** Unset, nothing is tried again. */
  readonly policy?: Partial<PolicyChoices>;
}

// Once a process: what fails shows in the tests.
Runtime.install({ logger: new DefaultLogger('ERROR') });

/** Where `RECORD_HISTORIES=1 npm test` puts histories: those that the replay tests read. */
const historiesFolder = 'tests/replay/histories';

export async function startTestWorker(options: TestWorkerOptions): Promise<TestWorker> {
  const address = inject('temporalAddress');
  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({ address });
  const client = new Client({ connection });
  const taskQueue = options.taskQueue ?? `test-${randomUUID()}`;
  const requestsPerMinute = options.requestsPerMinute ?? 600_000;
  const budget = createProviderBudget({
    db: options.store.db,
    provider: 'polygon',
    keyHash: taskQueue,
    baseUrl: options.baseUrl,
    requestsPerMinute,
    // Where nothing is said of the pace, a refusal that names no time should not cost a minute.
    ...(options.requestsPerMinute === undefined ? { periodMs: 200 } : {}),
  });
  const common = {
    baseUrl: options.baseUrl,
    beforeRequest: (turn: Turn) => budget.beforeRequest(turn),
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  };
  const provider = createPolygonProvider({ ...common, apiKey: options.apiKey ?? 'test' });
  const yahoo = createYahooProvider({ ...common, sessionsBetween });
  const threads = createThreadPool();
  const shared = {
    store: options.store,
    batchSize: options.batchSize ?? 100,
    policyChoices: { loadRetries: 0, retryDelaySeconds: 0, runTimeoutSeconds: null, ...options.policy },
  };
  const worker = await Worker.create({
    connection: native,
    taskQueue,
    workflowBundle: { code: inject('workflowBundle') },
    interceptors: { activity: [heartbeats] },
    activities: {
      ...createDataIngestionActivities({
        ...shared,
        sources: {
          polygon: { provider, market: provider, budget, requestsPerMinute },
          yahoo: { provider: yahoo, market: null, budget, requestsPerMinute, refusalWaitsMs: [100, 200] },
        },
        fundamentals: yahoo,
        ...(options.patienceMs === undefined ? {} : { patienceMs: options.patienceMs }),
      }),
      ...(options.analytics === true ? createAnalyticsActivities({ ...shared, threads }) : {}),
    },
  });
  const running = worker.run();

  async function historyOf(workflowId: string): Promise<string> {
    return historyToJSON(await client.workflow.getHandle(workflowId).fetchHistory());
  }

  async function saveHistory(workflowId: string, name: string): Promise<void> {
    if (!process.env.RECORD_HISTORIES) return;
    mkdirSync(historiesFolder, { recursive: true });
    writeFileSync(path.join(historiesFolder, `${name}.json`), await historyOf(workflowId));
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
    budget,
    historyOf,
    saveHistory,
    execute: (workflowType, args, save) => execute(workflowType, args, save),
    async run(flow, request, save) {
      const id = randomUUID();
      const workflowId = `${flows[flow]}/${id}`;
      const summary = await execute<RunSummary>(flows[flow], [request], save, id);
      const { runId } = await client.workflow.getHandle(workflowId).describe();
      return { summary, workflowId, runId };
    },
    async idle() {
      const query = `TaskQueue = '${taskQueue}' and ExecutionStatus = 'Running'`;
      // The list runs behind what it lists: what it names has ended once its result is there.
      for await (const { workflowId } of client.workflow.list({ query }))
        await client.workflow.getHandle(workflowId).result();
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
