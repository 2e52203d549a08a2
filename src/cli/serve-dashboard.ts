import { loadConfig, secretValues, type Config } from '../config.ts';
import { reachedAt } from '../domain/loopback.ts';
import { createLogger, type Logger } from '../log.ts';
import { endpointsOf } from '../runtime/endpoints.ts';
import { onAbandoned, sayReady } from '../runtime/node-child.ts';
import { findPort, PortTaken } from '../runtime/ports.ts';
import { readState, StateUnreadable } from '../runtime/state.ts';
import { setting } from '../setting.ts';
import { createConnections, type Whereabouts } from '../web/connections.ts';
import { inUrl } from '../web/guard.ts';
import { listen } from '../web/listen.ts';
import { createDashboard } from '../web/server.ts';
import { requireDatabaseUrl, requireTemporalTarget } from './connections.ts';
import { note } from './output.ts';
import { requireSameMarket } from '../operations/same-environment.ts';

/** Serves the pages until this process is told to end; returns its exit code, 130 for Ctrl-C. */
export async function serveDashboard(): Promise<number> {
  process.removeAllListeners('SIGINT');
  const config = loadConfig();
  const { logLevel: level, displayTimeZone: zone } = config;
  const logger = createLogger({ level, name: 'dashboard', secrets: secretValues() });
  const { url, here, close } = await openDashboard(config, logger);
  note(`dashboard: ${url}; times of ${zone}`);
  sayReady(here);
  const code = await endingSignal();
  await close();
  return code;
}

interface OpenDashboard {
  /** What people call it. */
  readonly url: string;
  /** Where this machine reaches it. */
  readonly here: string;
  readonly close: () => Promise<void>;
}

/** A port that is free when it is looked for may be taken when it is opened. */
const mostTries = 20;

/** Throws `PortTaken` where the port that was set is, and `ForeignAddress`. */
async function openDashboard(config: Config, logger: Logger): Promise<OpenDashboard> {
  const { host, url: known } = config.dashboard;
  const wished = [
    config.ports.dashboard,
    setting('DASHBOARD_PORT'),
    host,
    setting('DASHBOARD_HOST'),
  ] as const;
  const where = whereabouts(config);
  const connections = createConnections(where, (error) =>
    logger.warn({ error }, 'a connection to PostgreSQL was lost'),
  );
  for (let tries = 1; ; tries += 1) {
    const port = await findPort(...wished);
    const place = { host, port, url: known };
    const ending = new AbortController();
    const app = createDashboard({ config, logger, place, where, ending: ending.signal, ...connections });
    try {
      const end = await listen(app, place);
      const here = `http://${inUrl(reachedAt(host))}:${port}`;
      const close = () => {
        ending.abort();
        return end().then(connections.close);
      };
      return { url: known ?? here, here, close };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
      if (tries === mostTries) throw new PortTaken(port, setting('DASHBOARD_PORT'), { host });
    }
  }
}

/** As every command does: looked up anew, for what runs here may be started after this. */
function whereabouts(config: Config): Whereabouts {
  const endpoints = () => {
    const state = readState(config.home);
    requireSameMarket(config, state);
    return endpointsOf(config, state);
  };
  return {
    databaseUrl: () => config.dashboard.readingDatabase ?? requireDatabaseUrl(endpoints()),
    temporal: () => requireTemporalTarget(config, endpoints()),
    temporalUi: () => config.dashboard.temporalUi ?? localUi(config),
    baseUrls: () => endpoints().baseUrls,
  };
}

/** A state that cannot be read costs a link; what is read from the servers says why. */
function localUi({ home, temporal }: Config): string | null {
  if (temporal.external) return null;
  try {
    return readState(home)?.temporal?.ui ?? null;
  } catch (error) {
    if (error instanceof StateUnreadable) return null;
    throw error;
  }
}

function endingSignal(): Promise<number> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve(130));
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve(0));
    onAbandoned(() => resolve(0));
  });
}
