import { hostname } from 'node:os';
import type { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createThreadPool, type ThreadPool } from '../src/pipelines/indicators/thread-pool.ts';
import { createSources, type Sources } from '../src/pipelines/sources/sources.ts';
import { sessionsBetween } from '../src/calendar/exchange-calendar.ts';
import {
  budgetKey,
  inspectConfig,
  keyFingerprint,
  loadConfig,
  secretValues,
  type Config,
} from '../src/config.ts';
import { bySource } from '../src/domain/source.ts';
import { createLogger, type Logger } from '../src/log.ts';
import type { Meter } from '../src/metrics/measuring.ts';
import { endpointsOf, type Endpoints } from '../src/runtime/endpoints.ts';
import { readState } from '../src/runtime/state.ts';
import { openStore, requireConnection, type Store } from '../src/store/database.ts';
import { claimMarket } from '../src/store/installation.ts';
import { requireMigrated } from '../src/store/migrate.ts';
import {
  connectClient,
  temporalTarget,
  TemporalUnreachable,
  type TemporalTarget,
} from '../src/temporal/connection.ts';
import { wakeLedgerKeeper } from '../src/temporal/ledger-keeper.ts';
import { namespaceIdOf } from '../src/temporal/namespace-id.ts';
import { registerSearchAttributes } from '../src/temporal/search-attributes.ts';
import type { Pool } from '../src/flows/pools.ts';
import {
  createAnalyticsActivities,
  createDataIngestionActivities,
  createMaintenancePoolActivities,
} from './activities.ts';
import { budgetWaits } from './budget-waits.ts';
import { firstMeasures } from './first-measures.ts';
import { heartbeatEveryMs, heartbeats } from './heartbeats.ts';
import { installRuntime } from './install-runtime.ts';
import { measuredWork } from './measured-work.ts';
import { poolDeclarations } from './pools.ts';
import { keepRegistered } from './registration.ts';
import { typedFailures } from './typed-failures.ts';
import { workflowBundleFile } from './workflow-bundle.ts';

const shutdownGraceMs = 30_000;

interface WorkerWish {
  readonly pool: Pool;
  /** Which worker of an installation it is, from 0 on. */
  readonly place?: number;
  /** Called once it takes work. */
  readonly onReady?: () => void;
}

/** Runs one worker of a pool until it is told to stop. */
export async function runWorker({ pool, place = 0, onReady }: WorkerWish): Promise<void> {
  const config = loadConfig();
  const endpoints = endpointsOf(config, readState(config.home));
  const logger = createLogger({ level: config.logLevel, name: `worker ${pool}`, secrets: secretValues() });
  const { meter, metricsAddress } = await installRuntime({ config, logger, place });
  firstMeasures(meter, pool, config);
  const { store, target, namespaceId } = await requireServices(config, endpoints, logger);
  const connection = await NativeConnection.connect(target.connection);
  const threads = createThreadPool();
  try {
    const worker = await createWorker({
      pool,
      config,
      endpoints,
      store,
      threads,
      connection,
      namespace: target.namespace,
      meter,
    });
    const record = {
      identity: worker.options.identity,
      pool,
      namespaceId,
      market: config.market,
      baseUrls: bySource((source) => endpoints.baseUrls[source] ?? ''),
      keyFingerprint: keyFingerprint(config),
      host: hostname(),
      pid: process.pid,
      metricsAddress,
    };
    const { workflowService } = connection;
    const here = () => namespaceIdOf({ workflowService, options: { namespace: target.namespace } });
    const stopped = await keepRegistered({ db: store.db, logger, meter }, record, here);
    process.once('disconnect', () => worker.shutdown());
    const running = worker.run();
    if (pool === 'maintenance') await keepLedger(target, config);
    logger.info({ ...sizeOf(pool, config), metricsAddress }, 'takes work');
    onReady?.();
    await running.finally(stopped);
  } finally {
    await threads.end();
    await connection.close();
    await store.close();
  }
}

function sizeOf(pool: Pool, config: Config) {
  const { limits, variables } = poolDeclarations[pool];
  const chosen = inspectConfig().reports.filter(({ name }) => variables.includes(name));
  return {
    taskQueue: config.taskQueues[pool],
    activitiesAtOnce: activitiesAtOnce(pool, config),
    limits,
    variables: Object.fromEntries(chosen.map(({ name, value }) => [name, value])),
  };
}

async function requireServices(
  config: Config,
  endpoints: Endpoints,
  logger: Logger,
): Promise<{ readonly store: Store; readonly target: TemporalTarget; readonly namespaceId: string }> {
  const target = temporalTarget(config.temporal, endpoints.temporalAddress);
  if (target === null)
    throw new TemporalUnreachable('the local Temporal server does not run, and none is configured');
  const { databaseUrl } = endpoints;
  if (databaseUrl === null)
    throw new Error('no database: the embedded one does not run, and none is configured');
  const onIdleError = (error: Error) => logger.warn({ error }, 'a database connection was lost');
  const store = openStore(databaseUrl, { name: 'worker', max: 20, onIdleError });
  await requireConnection(store, databaseUrl);
  await requireMigrated(store.db);
  await claimMarket(store.db, config.market);
  const namespaceId = await onClient(target, async (client) => {
    // A server of somebody else's has not been started with them.
    await registerSearchAttributes(client);
    return namespaceIdOf(client);
  });
  return { store, target, namespaceId };
}

/** What was ended or lost while no worker was there is closed at once. */
async function keepLedger(target: TemporalTarget, { taskQueues }: Config): Promise<void> {
  await onClient(target, (client) => wakeLedgerKeeper(client, taskQueues.maintenance));
}

async function onClient<T>(target: TemporalTarget, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await connectClient(target);
  try {
    return await work(client);
  } finally {
    await client.connection.close();
  }
}

interface WorkerParts {
  readonly pool: Pool;
  readonly config: Config;
  readonly endpoints: Endpoints;
  readonly store: Store;
  /** Started when they are first needed. */
  readonly threads: ThreadPool;
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly meter: Meter;
}

async function createWorker(parts: WorkerParts): Promise<Worker> {
  const { pool, config, connection, namespace, meter } = parts;
  return Worker.create({
    connection,
    namespace,
    taskQueue: config.taskQueues[pool],
    // What Temporal's pages name where somebody works.
    identity: `${pool} ${hostname()} ${process.pid}`,
    workflowBundle: { codePath: await workflowBundleFile(config.home) },
    activities: activitiesOf(pool, parts),
    interceptors: { activity: [measuredWork(meter), heartbeats, typedFailures(), budgetWaits] },
    // A cancellation comes with the answer to a heartbeat.
    maxHeartbeatThrottleInterval: heartbeatEveryMs,
    shutdownGraceTime: shutdownGraceMs,
    maxConcurrentActivityTaskExecutions: activitiesAtOnce(pool, config),
  });
}

function activitiesOf(pool: Pool, parts: WorkerParts) {
  const { store, threads, config } = parts;
  const { batchSize, policy: policyChoices, indicatorsExtra: extra } = config;
  const maintenanceQueue = config.taskQueues.maintenance;
  const served = { pool, taskQueues: config.taskQueues };
  switch (pool) {
    case 'data-ingestion':
      return createDataIngestionActivities({
        store,
        sources: sourcesOf(parts),
        batchSize,
        policyChoices,
        maintenanceQueue,
        served,
      });
    case 'analytics':
      return createAnalyticsActivities({
        store,
        threads,
        batchSize,
        extra,
        policyChoices,
        maintenanceQueue,
        served,
      });
    case 'maintenance':
      return createMaintenancePoolActivities({ store, policyChoices, maintenanceQueue, served });
  }
}

function activitiesAtOnce(pool: Pool, { workers }: Config): number {
  return workers.activitiesAtOnce ?? poolDeclarations[pool].activitiesAtOnce;
}

function sourcesOf({ config, endpoints: { baseUrls }, store: { db } }: WorkerParts): Sources {
  return createSources({ db, sessionsBetween }, (source) => ({
    baseUrl: baseUrls[source],
    // On the live market without a key every request is refused before it is sent.
    apiKey: config.market === 'simulated' ? 'simulated' : (config.sources[source].apiKey ?? ''),
    budgetKey: budgetKey(config, source, baseUrls[source]),
    requestsPerMinute: config.sources[source].requestsPerMinute,
    requestsPerDay: config.sources[source].requestsPerDay,
  }));
}
