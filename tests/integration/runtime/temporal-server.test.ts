import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findPort } from '../../../src/runtime/ports.ts';
import { isRunning, waitForEnd, type ProcessRef } from '../../../src/runtime/processes.ts';
import { AlreadyServed } from '../../../src/runtime/served-folder.ts';
import {
  findTemporal,
  startTemporal,
  stopTemporal,
  TemporalServerFailed,
  temporalVersion,
} from '../../../src/runtime/temporal-server.ts';
import { temporaryFolder } from './temporary-folder.ts';

const anyPort = () => findPort({ preferred: 0, strict: false }, '');

async function optionsFor(home: string) {
  const [port, uiPort] = [await anyPort(), await anyPort()];
  return { home, port, uiPort, namespace: 'default', searchAttributes: { Provider: 'Keyword' } };
}

async function start(options: Parameters<typeof startTemporal>[0]) {
  const server = await startTemporal(options);
  onTestFinished(() => stopTemporal(server.process));
  return server;
}

async function withClient<T>(address: string, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

const startRun = (client: Client) =>
  client.workflow.start('nothing', { taskQueue: 'none', workflowId: 'kept', args: [] });
const describeRun = (client: Client) => client.workflow.getHandle('kept').describe();

function isInstalled(): boolean {
  try {
    return existsSync(findTemporal());
  } catch {
    return false;
  }
}

describe.skipIf(!isInstalled())('a Temporal server (skipped where none is installed)', () => {
  test('started again on the same folder, after an end in order and after a kill, knows its runs', async () => {
    const options = await optionsFor(temporaryFolder());
    const first = await start({ ...options, dynamicConfig: { 'limit.maxIDLength': 500 } });
    const { runId } = await withClient(first.address, describeOf(startRun));
    await stopTemporal(first.process);
    expect(isRunning(first.process)).toBe(false);

    const second = await start(options);
    expect((await withClient(second.address, describeRun)).runId).toBe(runId);
    const { config } = await withClient(second.address, ({ workflowService }) =>
      workflowService.describeNamespace({ namespace: 'default' }),
    );
    expect(String(config?.workflowExecutionRetentionTtl?.seconds)).toBe(String(30 * 86_400));
    process.kill(second.process.pid, 'SIGKILL');
    expect(await waitForEnd(second.process, 10_000)).toBe(true);

    const third = await start(options);
    expect((await withClient(third.address, describeRun)).runId).toBe(runId);
    expect((await fetch(third.ui)).ok).toBe(true);
  });

  test('a second one on the same folder is refused, with the process that has it', async () => {
    const home = temporaryFolder();
    const server = await start(await optionsFor(home));
    const refused = start(await optionsFor(home));
    await expect(refused).rejects.toBeInstanceOf(AlreadyServed);
    await expect(refused).rejects.toThrow(String(server.process.pid));
    expect(isRunning(server.process)).toBe(true);
  });

  test('one that cannot have its port says so, and leaves no process', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const home = temporaryFolder();
    const refused = start({ ...(await optionsFor(home)), port });
    await expect(refused).rejects.toBeInstanceOf(TemporalServerFailed);
    await expect(refused).rejects.toThrow(/does not start: .*address already in use/);
    const { server } = JSON.parse(readFileSync(path.join(home, 'server.json'), 'utf8')) as {
      server: ProcessRef;
    };
    expect(isRunning(server)).toBe(false);
  });

  test('one that is given up rejects with the reason', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    const options = await optionsFor(temporaryFolder());
    await expect(startTemporal({ ...options, signal })).rejects.toThrow('enough');
  });

  test.skipIf(!existsSync('/proc/self/net/tcp'))('all that it opens is on the loopback', async () => {
    const server = await start(await optionsFor(temporaryFolder()));
    const addresses = listenersOf(server.process.pid);
    expect(addresses.length).toBeGreaterThanOrEqual(2);
    expect(addresses.filter((address) => address !== loopback)).toEqual([]);
  });
});

/** Starts a run, and says which it is. */
function describeOf(begin: typeof startRun) {
  return async (client: Client) => {
    await begin(client);
    return describeRun(client);
  };
}

const loopback = '0100007F';
const listening = '0A';

/** The addresses that a process listens on, as Linux writes them. */
function listenersOf(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  const sockets = new Set(
    readdirSync(folder).flatMap((fd) => /socket:\[(\d+)\]/.exec(linkOf(path.join(folder, fd)))?.[1] ?? []),
  );
  const rows = ['tcp', 'tcp6'].flatMap((kind) =>
    readFileSync(`/proc/${pid}/net/${kind}`, 'utf8').split('\n'),
  );
  return rows.flatMap((row) => {
    const [, local, , state, , , , , , inode] = row.trim().split(/\s+/);
    return state === listening && sockets.has(inode ?? '') ? (local?.split(':')[0] ?? []) : [];
  });
}

describe('the Temporal program', () => {
  /** Programs in every place where one may be. */
  function places() {
    const folder = temporaryFolder();
    const make = (...parts: string[]) => {
      const file = path.join(folder, ...parts);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, '#!/bin/sh\n');
      chmodSync(file, 0o755);
      return file;
    };
    return {
      folder,
      named: make('named'),
      onPath: make('bin', 'temporal'),
      cached: make('cache', 'barwright', `temporal-${temporalVersion}`, 'temporal'),
    };
  }

  test('is the one that is named, then the one on PATH, then the one in the cache', () => {
    const { folder, named, onPath, cached } = places();
    const env = {
      TEMPORAL_CLI_PATH: named,
      PATH: path.join(folder, 'bin'),
      XDG_CACHE_HOME: path.join(folder, 'cache'),
    };
    expect(findTemporal(env)).toBe(named);
    expect(findTemporal({ ...env, TEMPORAL_CLI_PATH: '' })).toBe(onPath);
    expect(findTemporal({ PATH: env.PATH, XDG_CACHE_HOME: env.XDG_CACHE_HOME })).toBe(onPath);
    expect(findTemporal({ PATH: folder, XDG_CACHE_HOME: env.XDG_CACHE_HOME })).toBe(cached);
  });

  test('is no folder of that name', () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'temporal'));
    const env = { PATH: folder, HOME: folder };
    expect(() => findTemporal(env)).toThrow(TemporalServerFailed);
  });

  test('that is named and is none is an error, and no other is taken', () => {
    const { folder } = places();
    const env = { TEMPORAL_CLI_PATH: '/no/such/temporal', PATH: path.join(folder, 'bin') };
    expect(() => findTemporal(env)).toThrow('/no/such/temporal');
  });
});

/** Where a link leads; to nothing where it has gone since it was listed. */
function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
