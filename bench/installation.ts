import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { readState } from '../src/runtime/state.ts';
import { openStore, type Store } from '../src/store/database.ts';

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));

/** Everything on this machine, as a person starts it, on a generated market of its own. */
export interface BenchInstallation {
  readonly store: Store;
  readonly databaseUrl: string;
  readonly client: Client;
  readonly taskQueue: string;
  readonly marketUrl: string;
  readonly dashboard: { readonly url: string; readonly pid: number };
  /** Highest resident memory of the worker so far, MB; null where the system does not tell. */
  workerPeakMb(): number | null;
  end(): Promise<void>;
}

async function firstLine(child: ChildProcess, stream: 'stdout' | 'stderr', mark: string): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    child[stream]?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes(mark)) resolve(said);
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${said}`)));
  });
}

export async function startBenchInstallation(symbols: number): Promise<BenchInstallation> {
  const home = mkdtempSync(path.join(tmpdir(), 'barwright-bench-'));
  const start = (args: readonly string[], env: Readonly<Record<string, string>>) =>
    spawn(process.execPath, [main, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const market = start(['simulate', '--symbols', String(symbols), '--json'], {});
  const { url } = JSON.parse(await firstLine(market, 'stdout', '}')) as { url: string };
  const up = start(['up', '--headless'], {
    BARWRIGHT_HOME: home,
    MARKET: 'live',
    POLYGON_BASE_URL: url,
    YAHOO_BASE_URL: url,
    YAHOO_DELAY_BETWEEN_REQUESTS_MS: '0',
    POLYGON_API_KEY: 'bench',
    POLYGON_REQUESTS_PER_MINUTE: '1000000',
    LOG_LEVEL: 'warn',
  });
  await firstLine(up, 'stderr', 'ready:');
  const state = readState(home);
  if (!state?.database || !state.temporal || !state.dashboard)
    throw new Error('up is ready and has no state');
  const worker = state.workers.find(({ pool }) => pool === 'data-ingestion');
  const connection = await Connection.connect({ address: state.temporal.address });
  const store = openStore(state.database.url, { name: 'bench', max: 4 });
  return {
    store,
    databaseUrl: state.database.url,
    client: new Client({ connection }),
    taskQueue: 'data-ingestion-pool',
    marketUrl: url,
    dashboard: { url: state.dashboard.url, pid: state.dashboard.process.pid },
    workerPeakMb: () => peakMb(worker?.process.pid),
    async end() {
      await connection.close();
      await store.close();
      for (const child of [up, market]) {
        child.kill('SIGTERM');
        if (child.exitCode === null) await once(child, 'exit');
      }
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function peakMb(pid: number | undefined): number | null {
  try {
    const status = readFileSync(`/proc/${pid ?? 'none'}/status`, 'utf8');
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024);
  } catch {
    return null;
  }
}
