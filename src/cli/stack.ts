import path from 'node:path';
import { nodeFlagsOf } from '../../workers/pools.ts';
import { workflowBundleFile } from '../../workers/workflow-bundle.ts';
import type { Config } from '../config.ts';
import { ensureDatabase, startPostgres } from '../runtime/embedded-postgres.ts';
import { endpointsOf } from '../runtime/endpoints.ts';
import { startNodeChild } from '../runtime/node-child.ts';
import { findPort } from '../runtime/ports.ts';
import { refOf, type ProcessRef } from '../runtime/processes.ts';
import { writeState, type RuntimeState } from '../runtime/state.ts';
import { supervise } from '../runtime/supervise.ts';
import { startTemporal } from '../runtime/temporal-server.ts';
import { openStore, requireConnection } from '../store/database.ts';
import { claimMarket } from '../store/installation.ts';
import { migrate } from '../store/migrate.ts';
import { connectClient, temporalTarget } from '../temporal/connection.ts';
import { pools, type Pool } from '../flows/pools.ts';
import { searchAttributes } from '../temporal/names.ts';
import { applyDeclared } from './apply-schedules.ts';

type Report = (step: string) => void;

/** What `up` has started. */
export interface Stack {
  readonly ui: string | null;
}

const simulatorEntry = path.join(import.meta.dirname, '../../workers/simulator.ts');
const workerEntry = path.join(import.meta.dirname, '../../workers/worker.ts');

/**
 * Starts what the configuration leaves to this machine, and the workers. Each part is written down as it starts, and
 * started again when it ends by itself.
 */
export async function startStack(config: Config, report: Report, signal: AbortSignal): Promise<Stack> {
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
  const keeping = { config, state, report, enter, signal };
  enter({});
  await allSettled([
    config.database.external ?? keepDatabase(keeping),
    config.temporal.external || keepTemporal(keeping),
    needsSimulation(config) && keepSimulation(keeping),
    workflowBundleFile(config.home),
  ]);
  await allSettled([prepareDatabase(keeping), prepareTemporal(keeping)]);
  const places = pools.flatMap((pool) =>
    Array.from({ length: config.workers.processes[pool] }, (_, number) => ({ pool, number })),
  );
  await allSettled(places.map((place) => keepWorker(place, keeping)));
  enter({ ready: true });
  return { ui: state.temporal?.ui ?? null };
}

/** Waits for all of them, also when one fails: what has started by then is written down, and can be ended. */
async function allSettled(parts: readonly unknown[]): Promise<void> {
  const failed = (await Promise.allSettled(parts)).find((part) => part.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

interface Keeping {
  readonly config: Config;
  readonly state: RuntimeState;
  readonly report: Report;
  readonly enter: (part: Partial<RuntimeState>) => void;
  /** Aborted once all is to end. */
  readonly signal: AbortSignal;
}

async function keepDatabase({ config, report, enter, signal }: Keeping): Promise<void> {
  const { home, ports, database } = config;
  const port = await findPort(ports.postgres, 'EMBEDDED_POSTGRES_PORT');
  report(`PostgreSQL: starting on port ${port}`);
  const start = async () => {
    const server = await startPostgres({ home: path.join(home, 'postgres'), port, report, signal });
    enter({ database: { url: server.urlOf(database.name), process: server.process } });
    await ensureDatabase(server.urlOf('postgres'), database.name);
    report(`PostgreSQL: serving 127.0.0.1:${port}/${database.name}`);
    return server.process;
  };
  await supervise({ name: 'PostgreSQL', start, report, signal });
}

async function keepTemporal({ config, report, enter, signal }: Keeping): Promise<void> {
  const { home, ports, temporal, market } = config;
  const port = await findPort(ports.temporal, 'TEMPORAL_PORT');
  const uiPort = await findPort(ports.temporalUi, 'TEMPORAL_UI_PORT');
  // Runs and schedules of one market must never reach the workers of the other.
  const folder = path.join(home, market === 'live' ? 'temporal' : 'temporal-simulated');
  const { namespace } = temporal;
  report(`Temporal: starting on port ${port}`);
  const start = async () => {
    const server = await startTemporal({
      home: folder,
      port,
      uiPort,
      namespace,
      searchAttributes,
      // Task queues serve live runs before backfills.
      dynamicConfig: { 'matching.useNewMatcher': true },
      signal,
    });
    enter({ temporal: server });
    report(`Temporal: serving ${server.address}`);
    return server.process;
  };
  await supervise({ name: 'Temporal', start, report, signal });
}

async function keepSimulation({ config, report, enter, signal }: Keeping): Promise<void> {
  const logFile = path.join(config.home, 'logs', 'simulator.log');
  let port = 0;
  const start = async () => {
    const { process: simulator, ready } = await startNodeChild({
      name: 'the simulated market',
      entry: simulatorEntry,
      args: [String(port)],
      logFile,
      signal,
    });
    const url = ready.url ?? '';
    // Those who ask it know it by this address.
    port = Number(new URL(url).port);
    enter({ simulator: { url, process: simulator } });
    report(`simulated market: serving ${url}`);
    return simulator;
  };
  await supervise({ name: 'simulated market', start, report, signal });
}

async function prepareDatabase({ config, state, report }: Keeping): Promise<void> {
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

async function prepareTemporal({ config, state, report }: Keeping): Promise<void> {
  const target = temporalTarget(config.temporal, endpointsOf(config, state).temporalAddress);
  if (target === null) throw new Error('Temporal was started and has no address');
  const client = await connectClient(target);
  try {
    for (const { id, change, paused, note } of await applyDeclared(client, config)) {
      if (change !== 'unchanged' || paused)
        report(`schedule ${id}: ${change}${paused ? `, paused: ${note}` : ''}`);
    }
  } finally {
    await client.connection.close();
  }
}

/** A simulated market is ours where nobody names one of his own. */
function needsSimulation({ market, sources }: Config): boolean {
  return market === 'simulated' && Object.values(sources).some(({ baseUrl }) => baseUrl === null);
}

interface Place {
  readonly pool: Pool;
  readonly number: number;
}

async function keepWorker({ pool, number }: Place, keeping: Keeping): Promise<void> {
  const { config, state, report, enter, signal } = keeping;
  const name = number === 0 ? `worker ${pool}` : `worker ${pool} ${number + 1}`;
  const logFile = path.join(config.home, 'logs', `${name.replaceAll(' ', '-')}.log`);
  let former: ProcessRef | null = null;
  const start = async () => {
    const { process: worker } = await startNodeChild({
      name,
      entry: workerEntry,
      args: [pool],
      nodeFlags: nodeFlagsOf(pool),
      logFile,
      signal,
    });
    const others = state.workers.filter(({ process }) => process !== former);
    enter({ workers: [...others, { pool, process: worker }] });
    former = worker;
    report(`${name}: ready`);
    return worker;
  };
  await supervise({ name, start, report, signal });
}
