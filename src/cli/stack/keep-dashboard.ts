import path from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import type { Config } from '../../config.ts';
import { startNodeChild } from '../../runtime/node-child.ts';
import { findPort } from '../../runtime/ports.ts';
import { supervise } from '../../runtime/supervise.ts';
import { setting } from '../../setting.ts';
import type { Keeping } from './keeping.ts';

const entry = path.join(import.meta.dirname, 'dashboard-process.ts');
/**
 * A page needs little at a time: without a limit what is garbage would be collected late, at twice the memory. Of glibc threads
 * that read and pack for a moment would keep what they had, each for itself, and the heap the room of every large answer.
 */
const { nodeFlags, env: allocator } = packageJson.dashboardProcess;

/** Makes sure, before anything is started, that a port which was set can be had. Throws `PortTaken`, `ForeignAddress`. */
export async function requireDashboardPort({ ports, dashboard }: Config): Promise<void> {
  await findPort(
    ...([ports.dashboard, setting('DASHBOARD_PORT'), dashboard.host, setting('DASHBOARD_HOST')] as const),
  );
}

/** Keeps the dashboard, at one address however often it is started: it is the command of that name. */
export async function keepDashboard({ config, report, enter, signal }: Keeping): Promise<void> {
  let port: string | null = null;
  const start = async () => {
    const { process: dashboard, ready } = await startNodeChild({
      name: 'the dashboard',
      entry,
      nodeFlags,
      env: { ...process.env, ...allocator, ...(port === null ? {} : { [setting('DASHBOARD_PORT')]: port }) },
      logFile: path.join(config.home, 'logs', 'dashboard.log'),
      signal,
    });
    const url = ready.url ?? '';
    // Pages that are open ask for more where they came from.
    port = new URL(url).port;
    enter({ dashboard: { url, process: dashboard } });
    report(`dashboard: serving ${config.dashboard.url ?? url}`);
    return dashboard;
  };
  await supervise({ name: 'dashboard', start, report, signal });
}
