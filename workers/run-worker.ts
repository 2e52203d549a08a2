import { hostname } from 'node:os';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createThreadPool, type ThreadPool } from '../src/pipelines/indicators/thread-pool.ts';
import { createProviderBudget } from '../src/pipelines/sources/provider-budget.ts';
import type { Source } from '../src/pipelines/sources/sources.ts';
import { sessionsBetween } from '../src/calendar/exchange-calendar.ts';
import {
  inspectConfig,
  keyFingerprint,
  loadConfig,
  polygonBudgetKey,
  yahooBudgetKey,
  type Config,
} from '../src/config.ts';
import { createLogger, type Logger } from '../src/log.ts';
import type { FundamentalsProvider } from '../src/providers/provider.ts';
import { createPolygonProvider } from '../src/providers/polygon/client.ts';
import { createYahooProvider } from '../src/providers/yahoo/client.ts';
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
import { registerSearchAttributes } from '../src/temporal/search-attributes.ts';
import type { Pool } from '../src/temporal/names.ts';
import {
  createAnalyticsActivities,
  createDataIngestionActivities,
  createSharedActivities,
} from './activities.ts';
import { heartbeats } from './heartbeats.ts';
import { poolDeclarations } from './pools.ts';
import { keepRegistered } from './registration.ts';
import { workflowBundleFile } from './workflow-bundle.ts';

const shutdownGraceMs = 30_000;

/** Runs one worker of a pool until it is told to stop; calls `onReady` once it takes work. */
export async function runWorker(pool: Pool, onReady: () => void = () => undefined): Promise<void> {
  const config = loadConfig();
  const endpoints = endpointsOf(config, readState(config.home));
  const logger = createLogger(config.logLevel, `worker ${pool}`);
  installRuntime(logger, config.logLevel);
  const { store, target } = await requireServices(config, endpoints, logger);
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
    });
    const stopped = await keepRegistered(store.db, logger, {
      identity: worker.options.identity,
      pool,
      market: config.market,
      baseUrls: { polygon: endpoints.polygonBaseUrl ?? '', yahoo: endpoints.yahooBaseUrl ?? '' },
      keyFingerprint: keyFingerprint(config.polygon.apiKey),
      host: hostname(),
      pid: process.pid,
    });
    process.once('disconnect', () => worker.shutdown());
    const running = worker.run();
    logger.info(sizeOf(pool, config), 'takes work');
    onReady();
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

function installRuntime(logger: Logger, level: Config['logLevel']): void {
  const temporalLevel =
    level === 'trace' ? 'TRACE' : level === 'debug' ? 'DEBUG' : level === 'error' ? 'ERROR' : 'WARN';
  Runtime.install({
    logger: new DefaultLogger(temporalLevel, ({ level: entryLevel, message, meta }) => {
      const method = entryLevel.toLowerCase() as 'trace' | 'debug' | 'info' | 'warn' | 'error';
      logger[method](meta ?? {}, message);
    }),
  });
}

async function requireServices(
  config: Config,
  endpoints: Endpoints,
  logger: Logger,
): Promise<{ readonly store: Store; readonly target: TemporalTarget }> {
  const target = temporalTarget(config.temporal, endpoints.temporalAddress);
  if (target === null)
    throw new TemporalUnreachable('the local Temporal server does not run, and none is configured');
  const { databaseUrl } = endpoints;
  if (databaseUrl === null)
    throw new Error('no database: the embedded one does not run, and none is configured');
  const onIdleError = (error: Error) =>
    logger.warn({ error: error.message }, 'a database connection was lost');
  const store = openStore(databaseUrl, { name: 'worker', max: 20, onIdleError });
  await requireConnection(store, databaseUrl);
  await requireMigrated(store.db);
  await claimMarket(store.db, config.market);
  await requireSearchAttributes(target);
  return { store, target };
}

/** A server of somebody else's has not been started with them. */
async function requireSearchAttributes(target: TemporalTarget): Promise<void> {
  const client = await connectClient(target);
  try {
    await registerSearchAttributes(client);
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
}

async function createWorker(parts: WorkerParts): Promise<Worker> {
  const { pool, config, connection, namespace } = parts;
  return Worker.create({
    connection,
    namespace,
    taskQueue: config.taskQueues[pool],
    workflowBundle: { codePath: await workflowBundleFile(config.home) },
    activities: activitiesOf(pool, parts),
    interceptors: { activity: [heartbeats] },
    shutdownGraceTime: shutdownGraceMs,
    maxConcurrentActivityTaskExecutions: activitiesAtOnce(pool, config),
  });
}

function activitiesOf(pool: Pool, parts: WorkerParts) {
  const { store, threads, config } = parts;
  switch (pool) {
    case 'data-ingestion':
      return ingestionActivities(parts);
    case 'analytics':
      return createAnalyticsActivities({
        store,
        threads,
        batchSize: config.batchSize,
        policyChoices: config.policy,
      });
    case 'maintenance':
      return createSharedActivities({ store });
  }
}

function activitiesAtOnce(pool: Pool, { workers }: Config): number {
  return workers.activitiesAtOnce ?? poolDeclarations[pool].activitiesAtOnce;
}

function ingestionActivities({ config, endpoints, store }: WorkerParts) {
  const { batchSize, policy } = config;
  const { fundamentals, ...yahoo } = yahooSource(config, endpoints, store);
  const sources = { polygon: polygonSource(config, endpoints, store), yahoo };
  return createDataIngestionActivities({ store, sources, fundamentals, batchSize, policyChoices: policy });
}

function polygonSource(config: Config, { polygonBaseUrl }: Endpoints, { db }: Store): Source {
  const { requestsPerMinute, apiKey, baseUrl } = config.polygon;
  const budget = createProviderBudget({ ...polygonBudgetKey(config, polygonBaseUrl), db, requestsPerMinute });
  const provider = createPolygonProvider({
    baseUrl: polygonBaseUrl ?? baseUrl ?? '',
    // On the live market without a key every request is refused before it is sent.
    apiKey: config.market === 'simulated' ? 'simulated' : (apiKey ?? ''),
    beforeRequest: (turn) => budget.beforeRequest(turn),
  });
  return { provider, market: provider, budget, requestsPerMinute };
}

function yahooSource(
  { yahoo }: Config,
  { yahooBaseUrl }: Endpoints,
  { db }: Store,
): Source & { readonly fundamentals: FundamentalsProvider } {
  const { requestsPerMinute } = yahoo;
  const budget = createProviderBudget({ ...yahooBudgetKey(yahooBaseUrl), db, requestsPerMinute });
  const provider = createYahooProvider({
    baseUrl: yahooBaseUrl,
    sessionsBetween,
    beforeRequest: (turn) => budget.beforeRequest(turn),
  });
  const refusalWaitsMs = [60_000, 300_000, 900_000];
  return { provider, market: null, budget, requestsPerMinute, refusalWaitsMs, fundamentals: provider };
}
