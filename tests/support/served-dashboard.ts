import { loadConfig, secretValues, type Config } from '../../src/config.ts';
import { createLogger } from '../../src/log.ts';
import { findPort } from '../../src/runtime/ports.ts';
import { bySource } from '../../src/domain/source.ts';
import { createConnections, type Whereabouts } from '../../src/web/connections.ts';
import { listen } from '../../src/web/listen.ts';
import type { Page } from '../../src/web/page.ts';
import { createDashboard } from '../../src/web/server.ts';

export interface ServedDashboard {
  readonly url: string;
  /** What it has logged so far, as one text. */
  readonly log: () => string;
  readonly close: () => Promise<void>;
}

interface Wishes {
  /** Of its database; null: there is none. */
  readonly databaseUrl: string | null;
  readonly settings?: Readonly<Record<string, string>>;
  readonly temporal?: Whereabouts['temporal'];
  readonly now?: () => Date;
  readonly pages?: readonly Page[];
  /** Between two looks at what has changed; 50 unless told. */
  readonly pollMs?: number;
}

/** A dashboard that listens on this machine, with the settings of nobody but those given. */
export async function serveDashboard(wishes: Wishes): Promise<ServedDashboard> {
  const config: Config = loadConfig({ MARKET: 'simulated', ...wishes.settings }, null);
  const { host, url: known, temporalUi } = config.dashboard;
  const port = await findPort({ preferred: 0, strict: false }, 'DASHBOARD_PORT', host);
  const lines: string[] = [];
  const logger = createLogger({
    ...{ level: 'trace', name: 'dashboard', secrets: secretValues(wishes.settings ?? {}, null) },
    destination: { write: (line) => void lines.push(line) },
  });
  const databaseUrl = () => {
    if (wishes.databaseUrl !== null) return wishes.databaseUrl;
    throw Object.assign(new Error('no database'), { name: 'NotRunning', remedy: 'barwright up' });
  };
  const noServer = () => {
    throw Object.assign(new Error('no Temporal'), { name: 'NotRunning', remedy: 'barwright up' });
  };
  const connections = createConnections({ databaseUrl, temporal: wishes.temporal ?? noServer }, (error) =>
    logger.warn({ error }, 'lost'),
  );
  const ending = new AbortController();
  const app = createDashboard({
    ...{ ending: ending.signal, pollMs: wishes.pollMs ?? 50 },
    ...{ config, logger, place: { host, port, url: known } },
    ...{ readingStore: connections.readingStore, temporal: connections.temporal },
    where: { temporalUi: () => temporalUi, baseUrls: () => bySource(() => null) },
    ...(wishes.now === undefined ? {} : { now: wishes.now }),
    ...(wishes.pages === undefined ? {} : { pages: wishes.pages }),
  });
  const end = await listen(app, { host, port });
  return {
    url: `http://${host}:${port}`,
    log: () => lines.join(''),
    async close() {
      ending.abort();
      await end();
      await connections.close();
    },
  };
}
