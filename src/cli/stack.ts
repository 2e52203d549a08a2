import path from 'node:path';
import type { Config } from '../config.ts';
import { ensureDatabase, startPostgres } from '../runtime/embedded-postgres.ts';
import { endpointsOf } from '../runtime/endpoints.ts';
import { startNodeChild, type NodeChild } from '../runtime/node-child.ts';
import { findPort } from '../runtime/ports.ts';
import { refOf } from '../runtime/processes.ts';
import { writeState, type RuntimeState } from '../runtime/state.ts';
import { startTemporal } from '../runtime/temporal-server.ts';
import { openStore, requireConnection } from '../store/database.ts';
import { claimMarket } from '../store/installation.ts';
import { migrate } from '../store/migrate.ts';
import { pools, searchAttributes } from '../temporal/names.ts';

type Report = (step: string) => void;

/** What `up` has started. */
export interface Stack {
  readonly ui: string | null;
}

const simulatorEntry = path.join(import.meta.dirname, '../../workers/simulator.ts');
const workerEntry = (pool: string) => path.join(import.meta.dirname, `../../workers/${pool}.ts`);

/** Starts what the configuration leaves to this machine, and the workers; each part is written down as it starts. */
export async function startStack(config: Config, report: Report): Promise<Stack> {
  const state: RuntimeState = {
    up: refOf(process.pid),
    market: config.market,
    ready: false,
    database: null,
    temporal: null,
    simulator: null,
    workers: [],
  };
  const enter = (part: Partial<RuntimeState>) => writeState(config.home, Object.assign(state, part));
  enter({});
  await Promise.all([
    config.database.external ?? startDatabase(config, report).then((database) => enter({ database })),
    config.temporal.external || startLocalTemporal(config, report).then((temporal) => enter({ temporal })),
    config.polygon.baseUrl ?? startSimulation(config, report).then((simulator) => enter({ simulator })),
  ]);
  await prepareDatabase(config, state, report);
  await Promise.all(pools.map((pool) => keepWorker(pool, { config, state, report, enter })));
  enter({ ready: true });
  return { ui: state.temporal?.ui ?? null };
}

async function startDatabase({ home, ports, database }: Config, report: Report) {
  const port = await findPort(ports.postgres, 'EMBEDDED_POSTGRES_PORT');
  report(`PostgreSQL: starting on port ${port}`);
  const server = await startPostgres({ home: path.join(home, 'postgres'), port, report });
  await ensureDatabase(server.urlOf('postgres'), database.name);
  report(`PostgreSQL: serving 127.0.0.1:${port}/${database.name}`);
  return { url: server.urlOf(database.name), process: server.process };
}

async function startLocalTemporal({ home, ports, temporal }: Config, report: Report) {
  const port = await findPort(ports.temporal, 'TEMPORAL_PORT');
  const uiPort = await findPort(ports.temporalUi, 'TEMPORAL_UI_PORT');
  report(`Temporal: starting on port ${port}`);
  const { namespace } = temporal;
  const server = await startTemporal({
    home: path.join(home, 'temporal'),
    port,
    uiPort,
    namespace,
    searchAttributes,
  });
  report(`Temporal: serving ${server.address}`);
  return server;
}

async function startSimulation({ home }: Config, report: Report) {
  const logFile = path.join(home, 'logs', 'simulator.log');
  const { process: simulator, ready } = await startNodeChild({
    name: 'the simulated market',
    entry: simulatorEntry,
    logFile,
  });
  report(`simulated market: serving ${ready.url ?? ''}`);
  return { url: ready.url ?? '', process: simulator };
}

async function prepareDatabase(config: Config, state: RuntimeState, report: Report): Promise<void> {
  const { databaseUrl } = endpointsOf(config, state);
  if (databaseUrl === null) throw new Error('the database was started and has no address');
  const store = openStore(databaseUrl, { name: 'up', max: 2 });
  try {
    await requireConnection(store, databaseUrl);
    const applied = await migrate(store.db);
    if (applied.length > 0) report(`database: applied ${applied.join(', ')}`);
    await claimMarket(store.db, config.market);
  } finally {
    await store.close();
  }
}

interface Keeping {
  readonly config: Config;
  readonly state: RuntimeState;
  readonly report: Report;
  readonly enter: (part: Partial<RuntimeState>) => void;
}

const restartAfterMs = 1_000;

/** Starts a pool's worker, and another whenever it ends by itself. */
async function keepWorker(pool: string, keeping: Keeping): Promise<void> {
  const { config, state, report, enter } = keeping;
  const logFile = path.join(config.home, 'logs', `worker-${pool}.log`);
  const worker: NodeChild = await startNodeChild({
    name: `the worker ${pool}`,
    entry: workerEntry(pool),
    logFile,
  });
  enter({
    workers: [...state.workers.filter((other) => other.pool !== pool), { pool, process: worker.process }],
  });
  report(`worker ${pool}: ready`);
  worker.child.once('exit', (code, signal) => {
    if (code === 0) return;
    report(`worker ${pool}: ended (${signal ?? `exit code ${code}`}), starting another`);
    const again = () =>
      keepWorker(pool, keeping).catch((error: unknown) =>
        report(`worker ${pool}: ${String(error)}; barwright status`),
      );
    setTimeout(() => void again(), restartAfterMs);
  });
}
