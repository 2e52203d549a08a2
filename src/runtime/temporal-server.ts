import { once } from 'node:events';
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs, optionalTsToMs } from '@temporalio/common/lib/time.js';
import packageJson from '../../package.json' with { type: 'json' };
import { loopback } from '../domain/loopback.ts';
import { endOf, tailOf } from './log-tail.ts';
import { isRunning, startDetached, stopProcess, type ProcessRef } from './processes.ts';
import { endLeftover, recordServer } from './served-folder.ts';
import { serverEnvironment } from './server-environment.ts';
import { setting } from '../setting.ts';

/** The local Temporal server cannot be had or started. */
export class TemporalServerFailed extends Error {
  override readonly name = 'TemporalServerFailed';
  readonly remedy: string;
  constructor(
    message: string,
    remedy = `see its log; or set ${setting('TEMPORAL_ADDRESS')} to a server of your own`,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.remedy = remedy;
  }
}

/** The release that the bootstrap builds. */
export const temporalVersion = packageJson.temporalServer.version;

/** The Temporal command: where TEMPORAL_CLI_PATH says, on PATH, or in the cache into which the bootstrap builds it. */
export function findTemporal(env: NodeJS.ProcessEnv = process.env): string {
  const cache = env.XDG_CACHE_HOME || path.join(env.HOME || homedir(), '.cache');
  const named = env.TEMPORAL_CLI_PATH;
  const candidates = named
    ? [path.resolve(named)]
    : [
        ...(env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, 'temporal')),
        path.join(cache, 'barwright', `temporal-${temporalVersion}`, 'temporal'),
      ];
  const found = candidates.find(isProgram);
  if (found !== undefined) return found;
  const { builtWithGo } = packageJson.temporalServer;
  const remedy = `install Go ${builtWithGo} or newer and run npm start, install the Temporal CLI, or set TEMPORAL_CLI_PATH`;
  throw new TemporalServerFailed(`no Temporal server at ${candidates.at(-1) ?? 'any known place'}`, remedy);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return path.isAbsolute(file) && statSync(file).isFile();
  } catch {
    return false;
  }
}

interface TemporalOptions {
  /** Folder of the database and the log. */
  readonly home: string;
  readonly port: number;
  readonly uiPort: number;
  readonly namespace: string;
  /** Name to type, registered before the first workflow. */
  readonly searchAttributes: Readonly<Record<string, string>>;
  /** The server's own settings by name, such as `limit.maxIDLength`. */
  readonly dynamicConfig?: Readonly<Record<string, string | number | boolean>>;
  /** What it knows ends with it: it writes no database. */
  readonly isForgetful?: boolean;
  /** Gives the start up: what was started is ended, and its promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

interface RunningTemporal {
  readonly address: string;
  readonly ui: string;
  readonly process: ProcessRef;
}

const startDeadlineMs = 60_000;
const retentionMs = 30 * 86_400_000;

/**
 * Starts a Temporal server with its Web UI on the loopback; its state outlives it in one SQLite file. What it opens
 * besides (metrics, HTTP, three inner services) is on free ports of the loopback as well. Ends a server that a killed
 * process has left on the same file; throws `AlreadyServed` when its starter still runs.
 */
export async function startTemporal(options: TemporalOptions): Promise<RunningTemporal> {
  const { port, uiPort, namespace, signal } = options;
  const home = path.resolve(options.home);
  signal?.throwIfAborted();
  mkdirSync(home, { recursive: true });
  await endLeftover(home, stopTemporal);
  const logFile = path.join(home, 'temporal.log');
  const since = endOf(logFile);
  const address = `${loopback}:${port}`;
  const program = findTemporal();
  try {
    const { child, process: server } = await startDetached(program, flagsOf({ ...options, home }), {
      logFile,
      // No look-up of newer versions over the network.
      env: serverEnvironment({ TEMPORAL_VERSION_CHECK_DISABLED: '1' }),
      cwd: home,
    });
    recordServer(home, server);
    child.unref();
    try {
      await untilReady(server, address, namespace, signal);
    } catch (error) {
      await stopTemporal(server);
      throw error;
    }
    return { address, ui: `http://${loopback}:${uiPort}`, process: server };
  } catch (error) {
    signal?.throwIfAborted();
    throw new TemporalServerFailed(`Temporal does not start: ${tailOf(logFile, since)}`, undefined, error);
  }
}

function flagsOf(options: TemporalOptions): readonly string[] {
  const {
    home,
    port,
    uiPort,
    namespace,
    searchAttributes,
    dynamicConfig = {},
    isForgetful = false,
  } = options;
  return [
    ['server', 'start-dev', '--ip', loopback, '--port', String(port)],
    ['--ui-ip', loopback, '--ui-port', String(uiPort)],
    isForgetful ? [] : ['--db-filename', path.join(home, 'temporal.db')],
    ['--namespace', namespace, '--log-level', 'warn'],
    ...Object.entries(searchAttributes).map(([name, type]) => ['--search-attribute', `${name}=${type}`]),
    ...Object.entries(dynamicConfig).map(([name, value]) => [
      '--dynamic-config-value',
      `${name}=${JSON.stringify(value)}`,
    ]),
  ].flat();
}

/** Ends it in order. */
export async function stopTemporal(server: ProcessRef): Promise<void> {
  await stopProcess(server, { signal: 'SIGTERM', deadlineMs: 10_000 });
}

async function untilReady(
  server: ProcessRef,
  address: string,
  namespace: string,
  signal?: AbortSignal,
): Promise<void> {
  const end = performance.now() + startDeadlineMs;
  for (;;) {
    signal?.throwIfAborted();
    try {
      // Asked first: the client would wait its whole time-out for a server that does not listen yet.
      await requireListener(address);
      const connection = await Connection.connect({ address, connectTimeout: '2s' });
      try {
        await keepForAMonth(connection, namespace);
      } finally {
        await connection.close();
      }
      // It was another server that answered, if ours has ended: on its port by mistake.
      if (isRunning(server)) return;
      throw new Error('another server has the port');
    } catch (error) {
      if (!isRunning(server) || performance.now() >= end) throw error;
      await delay(25);
    }
  }
}

/** On Monday, Friday's runs are to be there: a local server forgets after a day unless told. */
async function keepForAMonth({ workflowService }: Connection, namespace: string): Promise<void> {
  const { config } = await workflowService.describeNamespace({ namespace });
  if (optionalTsToMs(config?.workflowExecutionRetentionTtl) === retentionMs) return;
  const workflowExecutionRetentionTtl = msToTs(retentionMs);
  await workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl } });
}

async function requireListener(address: string): Promise<void> {
  const { hostname, port } = new URL(`tcp://${address}`);
  const socket = connect({ host: hostname, port: Number(port) });
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}
