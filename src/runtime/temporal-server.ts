import { accessSync, constants } from 'node:fs';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { isRunning, refOf, spawnDetached, stopProcess, tailOf, type ProcessRef } from './processes.ts';

/** The local Temporal server cannot be had or started. */
export class TemporalServerFailed extends Error {
  override readonly name = 'TemporalServerFailed';
  readonly remedy: string;
  constructor(
    message: string,
    remedy = 'see its log; or set TEMPORAL_ADDRESS to a server of your own',
    cause?: unknown,
  ) {
    super(message, { cause });
    this.remedy = remedy;
  }
}

export const temporalVersion = '1.5.1';

/**
 * The Temporal command: where TEMPORAL_CLI_PATH says, on PATH, or in the cache into which the bootstrap builds it.
 */
export function findTemporal(env: NodeJS.ProcessEnv = process.env): string {
  const cache = env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache');
  const named = env.TEMPORAL_CLI_PATH;
  const candidates =
    named !== undefined && named !== ''
      ? [named]
      : [
          ...(env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, 'temporal')),
          path.join(cache, 'barwright', `temporal-${temporalVersion}`, 'temporal'),
        ];
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  const remedy =
    'install Go 1.23 or newer and run npm start, install the Temporal CLI, or set TEMPORAL_CLI_PATH';
  throw new TemporalServerFailed(`no Temporal server at ${candidates.at(-1) ?? 'any known place'}`, remedy);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return path.isAbsolute(file);
  } catch {
    return false;
  }
}

export interface TemporalOptions {
  /** Folder of the database and the log. */
  readonly home: string;
  readonly port: number;
  readonly uiPort: number;
  readonly namespace: string;
  /** Name to type, registered before the first workflow. */
  readonly searchAttributes: Readonly<Record<string, string>>;
}

export interface RunningTemporal {
  readonly address: string;
  readonly ui: string;
  readonly process: ProcessRef;
}

const startDeadlineMs = 60_000;

/** Starts a Temporal server with its Web UI on the loopback; its state outlives it in one SQLite file. */
export async function startTemporal(options: TemporalOptions): Promise<RunningTemporal> {
  const { home, port, uiPort, namespace, searchAttributes } = options;
  mkdirSync(home, { recursive: true });
  const logFile = path.join(home, 'temporal.log');
  const attributes = Object.entries(searchAttributes).flatMap(([name, type]) => [
    '--search-attribute',
    `${name}=${type}`,
  ]);
  const flags = [
    ['--ip', '127.0.0.1', '--port', String(port), '--ui-ip', '127.0.0.1', '--ui-port', String(uiPort)],
    ['--db-filename', path.join(home, 'temporal.db'), '--namespace', namespace, '--log-level', 'warn'],
    attributes,
  ].flat();
  const child = spawnDetached(findTemporal(), ['server', 'start-dev', ...flags], { logFile });
  const server = refOf(child.pid);
  child.unref();
  const address = `127.0.0.1:${port}`;
  await untilReady(server, address, namespace, logFile);
  return { address, ui: `http://127.0.0.1:${uiPort}`, process: server };
}

/** Ends it in order. */
export async function stopTemporal(server: ProcessRef): Promise<void> {
  await stopProcess(server, { signal: 'SIGTERM', deadlineMs: 10_000 });
}

async function untilReady(
  server: ProcessRef,
  address: string,
  namespace: string,
  logFile: string,
): Promise<void> {
  const end = performance.now() + startDeadlineMs;
  for (;;) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: '1s' });
      try {
        await connection.workflowService.describeNamespace({ namespace });
        return;
      } finally {
        await connection.close();
      }
    } catch (error) {
      if (isRunning(server) && performance.now() < end) {
        await delay(100);
        continue;
      }
      throw new TemporalServerFailed(`Temporal does not start: ${tailOf(logFile)}`, undefined, error);
    }
  }
}
