import path from 'node:path';
import type { Config } from '../../config.ts';
import { loopback, reachedAt } from '../../domain/loopback.ts';
import { ensureDatabase, startPostgres } from '../../runtime/embedded-postgres.ts';
import { startNodeChild } from '../../runtime/node-child.ts';
import { forwardPort } from '../../runtime/forward-port.ts';
import { findPort } from '../../runtime/ports.ts';
import { supervise } from '../../runtime/supervise.ts';
import { startTemporal } from '../../runtime/temporal-server.ts';
import { searchAttributes } from '../../temporal/names.ts';
import type { Keeping } from './keeping.ts';
import { restoreTemporal } from './prepare.ts';
import { setting } from '../../setting.ts';

/** Keeps the embedded PostgreSQL, with the database of the market. */
export async function keepDatabase({ config, report, enter, signal }: Keeping): Promise<void> {
  const { home, ports, database, bindHost: host } = config;
  const port = await findPort(ports.postgres, setting('EMBEDDED_POSTGRES_PORT'), host);
  const password = database.password === null ? {} : { password: database.password };
  report(`PostgreSQL: starting on port ${port}`);
  const start = async () => {
    const folder = path.join(home, 'postgres');
    const server = await startPostgres({ home: folder, host, port, ...password, report, signal });
    enter({ database: { url: server.urlOf(database.name), process: server.process } });
    await ensureDatabase(server.urlOf('postgres'), database.name);
    report(`PostgreSQL: serving ${host}:${port}/${database.name}`);
    return server.process;
  };
  await supervise({ name: 'PostgreSQL', start, report, signal });
}

/** Keeps a local Temporal server, each market its own. */
export async function keepTemporal(keeping: Keeping): Promise<void> {
  const { config, report, enter, signal } = keeping;
  const { home, temporal, market } = config;
  const { outer, inner } = await temporalPorts(keeping);
  // Runs and schedules of one market must never reach the workers of the other.
  const folder = path.join(home, market === 'live' ? 'temporal' : 'temporal-simulated');
  const { namespace } = temporal;
  report(`Temporal: starting on port ${outer.port}`);
  let isAnother = false;
  const start = async () => {
    const { process: server } = await startTemporal({
      home: folder,
      ...inner,
      namespace,
      searchAttributes,
      // Task queues serve live runs before backfills.
      dynamicConfig: { 'matching.useNewMatcher': true },
      signal,
    });
    const host = reachedAt(config.bindHost);
    const address = `${host}:${outer.port}`;
    enter({ temporal: { address, ui: `http://${host}:${outer.uiPort}`, process: server } });
    report(`Temporal: serving ${address}`);
    // Its data may be gone: at first it is prepared once the database is.
    if (isAnother)
      await restoreTemporal(keeping).catch((error: unknown) => report(`Temporal: ${String(error)}`));
    isAnother = true;
    return server;
  };
  await supervise({ name: 'Temporal', start, report, signal });
}

/** Where Temporal and its Web UI are found, and where they listen on the loopback: elsewhere what is between passes it on. */
async function temporalPorts({ config: { bindHost: host, ports }, report, signal }: Keeping) {
  const outer = {
    port: await findPort(ports.temporal, setting('TEMPORAL_PORT'), host),
    uiPort: await findPort(ports.temporalUi, setting('TEMPORAL_UI_PORT'), host),
  };
  if (host === loopback) return { outer, inner: outer };
  // Given another address the server opens its inner services there as well, and looks for them on the loopback.
  const inner = { port: await anyPort(), uiPort: await anyPort() };
  await forwardPort({ host, port: outer.port, target: inner.port, signal });
  await forwardPort({ host, port: outer.uiPort, target: inner.uiPort, signal });
  report(
    `Temporal has no password: whoever reaches ${host}:${outer.port}, or its Web UI at ${host}:${outer.uiPort}, can do all that you can`,
  );
  return { outer, inner };
}

const anyPort = () => findPort({ preferred: 0, strict: false }, setting('TEMPORAL_PORT'));

const simulatorEntry = path.join(import.meta.dirname, '../../../workers/simulator.ts');

/** A simulated market is ours where nobody names one of his own. */
export function needsSimulation({ market, sources }: Config): boolean {
  return market === 'simulated' && Object.values(sources).some(({ baseUrl }) => baseUrl === null);
}

/** Keeps a simulated market, at one address however often it is started. */
export async function keepSimulation({ config, report, enter, signal }: Keeping): Promise<void> {
  const logFile = path.join(config.home, 'logs', 'simulator.log');
  let port = 0;
  const start = async () => {
    const { process: simulator, ready } = await startNodeChild({
      name: 'the simulated market',
      entry: simulatorEntry,
      args: [String(port), config.bindHost],
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
