import { workflowBundleFile } from '../../../workers/workflow-bundle.ts';
import type { Config } from '../../config.ts';
import { pools } from '../../flows/pools.ts';
import { requireMetricsPorts } from '../../runtime/metrics-ports.ts';
import { refOf } from '../../runtime/processes.ts';
import { writeState, type RuntimeState } from '../../runtime/state.ts';
import { keepDashboard, requireDashboardPort } from './keep-dashboard.ts';
import { keepDatabase, keepSimulation, keepTemporal, needsSimulation } from './keep-servers.ts';
import { keepWorker } from './keep-worker.ts';
import type { Keeping } from './keeping.ts';
import { prepareDatabase, prepareTemporal } from './prepare.ts';

/** What `up` has started. */
export interface Stack {
  /** The address of Temporal's Web UI; null: the server is not ours. */
  readonly ui: string | null;
  /** Of the dashboard. */
  readonly dashboard: string;
}

/**
 * Starts what the configuration leaves to this machine, and the workers. Each part is written down as it starts, and
 * started again when it ends by itself.
 */
export async function startStack(
  config: Config,
  report: Keeping['report'],
  signal: AbortSignal,
): Promise<Stack> {
  const workers = pools.flatMap((pool) =>
    Array.from({ length: config.workers.processes[pool] }, (_, number) => ({ pool, number })),
  );
  await requireMetricsPorts(config, workers.length);
  await requireDashboardPort(config);
  const state: RuntimeState = {
    up: refOf(process.pid),
    market: config.market,
    ready: false,
    database: null,
    temporal: null,
    simulator: null,
    dashboard: null,
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
  await prepareDatabase(keeping);
  await prepareTemporal(keeping);
  await allSettled([
    keepDashboard(keeping),
    ...workers.map((worker, place) => keepWorker({ ...worker, place }, keeping)),
  ]);
  enter({ ready: true });
  return { ui: state.temporal?.ui ?? null, dashboard: config.dashboard.url ?? state.dashboard?.url ?? '' };
}

/** Waits for all of them, also when one fails: what has started by then is written down, and can be ended. */
async function allSettled(parts: readonly unknown[]): Promise<void> {
  const failed = (await Promise.allSettled(parts)).find((part) => part.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
