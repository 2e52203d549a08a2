import type { Command } from 'commander';
import { loadConfig, secretValues, type Config } from '../config.ts';
import { createLogger, type Logger } from '../log.ts';
import { endpointsOf } from '../runtime/endpoints.ts';
import { onAbandoned, sayReady } from '../runtime/node-child.ts';
import { findPort } from '../runtime/ports.ts';
import { readState } from '../runtime/state.ts';
import { setting } from '../setting.ts';
import { createConnections, type Whereabouts } from '../web/connections.ts';
import { inUrl, isEveryAddress } from '../web/guard.ts';
import { listen } from '../web/listen.ts';
import { createDashboard } from '../web/server.ts';
import { requireDatabaseUrl, requireTemporalTarget } from './connections.ts';
import { note } from './output.ts';
import { requireSameMarket } from './same-environment.ts';

export function addDashboardCommand(program: Command): void {
  program
    .command('dashboard')
    .description('serve the pages that tell what is there, what ran and what is missing, until Ctrl-C')
    .action(async () => {
      process.removeAllListeners('SIGINT');
      const config = loadConfig();
      const { logLevel: level, displayTimeZone: zone } = config;
      const logger = createLogger({ level, name: 'dashboard', secrets: secretValues() });
      const { url, close } = await openDashboard(config, logger);
      note(`dashboard: ${url}; times of ${zone}`);
      sayReady(url);
      process.exitCode = await endingSignal();
      await close();
    });
}

async function openDashboard(config: Config, logger: Logger) {
  const { host, url: known } = config.dashboard;
  const port = await findPort(
    config.ports.dashboard,
    setting('DASHBOARD_PORT'),
    host,
    setting('DASHBOARD_HOST'),
  );
  const connections = createConnections(whereabouts(config), (error) =>
    logger.warn({ error }, 'a connection to PostgreSQL was lost'),
  );
  const app = createDashboard({
    ...{ config, logger, place: { host, port, url: known } },
    readingStore: connections.readingStore,
    temporal: connections.temporal,
    temporalUi: () => config.dashboard.temporalUi ?? readState(config.home)?.temporal?.ui ?? null,
  });
  const end = await listen(app, { host, port });
  const close = async () => {
    await end();
    await connections.close();
  };
  const shown = isEveryAddress(host) ? 'localhost' : inUrl(host);
  return { url: known ?? `http://${shown}:${port}`, close };
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
  };
}

function endingSignal(): Promise<number> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve(130));
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve(0));
    onAbandoned(() => resolve(0));
  });
}
