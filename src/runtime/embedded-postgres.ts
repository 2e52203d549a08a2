import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { loopback, reachedAt } from '../domain/loopback.ts';
import { EmbeddedPostgresFailed } from './embedded-postgres-failed.ts';
import { endOf, tailOf } from './log-tail.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { prepareData, writeAccessRules } from './postgres-data.ts';
import { changePassword, superuser } from './postgres-password.ts';
import { endsUpon, isRunning, startDetached, stopProcess, waitForEnd, type ProcessRef } from './processes.ts';
import { endLeftover, recordServer } from './served-folder.ts';
import { serverEnvironment } from './server-environment.ts';
import { unprivileged } from './unprivileged.ts';

interface PostgresOptions {
  /** Folder of the data, the password and the log. */
  readonly home: string;
  /** What it listens on; unless said, the loopback. Beyond that every machine may ask, with the password. */
  readonly host?: string;
  readonly port: number;
  /** The superuser's from now on; unless said, the one that it has: a random one at first. */
  readonly password?: string;
  readonly report: (step: string) => void;
  /** Gives the start up: what was started is ended, and its promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

interface RunningPostgres {
  readonly process: ProcessRef;
  /** URL of a database of that name, with user and password. */
  urlOf(database: string): string;
}

const startDeadlineMs = 60_000;

/**
 * Starts PostgreSQL, making its data folder first where there is none. Ends a server that a killed process has left on
 * the same folder; throws `AlreadyServed` when its starter still runs.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const { host = loopback, port, report, signal } = options;
  const home = path.resolve(options.home);
  signal?.throwIfAborted();
  const binaries = await findPostgresBinaries();
  await endLeftover(home, stopPostgres);
  const { folder, password: had } = await prepareData(binaries, home, report);
  signal?.throwIfAborted();
  const { password = had } = options;
  const urlWith = (secret: string, database: string) =>
    `postgres://${superuser}:${encodeURIComponent(secret)}@${reachedAt(host)}:${port}/${database}`;
  const urlOf = (database: string) => urlWith(password, database);
  const { command, args, identity } = unprivileged(binaries.postgres, folder);
  const flags = ['-D', folder, '-p', String(port), ...settings(host, folder)];
  const logFile = path.join(home, 'postgres.log');
  const since = endOf(logFile);
  const launch = async () => {
    const { child, process: server } = await startDetached(command, [...args, ...flags], {
      logFile,
      env: serverEnvironment(),
      cwd: '/',
      ...(identity === null ? {} : { identity }),
    });
    recordServer(home, server);
    child.unref();
    return server;
  };
  try {
    // With the new one as well: the last start may have ended between setting it and writing it down.
    const urls = [...new Set([had, password])].map((secret) => urlWith(secret, superuser));
    const server = await launchUntilReady(launch, urls, { logFile, report, signal });
    if (password !== had) await changed(server, home, password);
    return { process: server.process, urlOf };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof EmbeddedPostgresFailed) throw error;
    const message = `PostgreSQL does not start: ${tailOf(logFile, since)}`;
    throw new EmbeddedPostgresFailed(message, undefined, error);
  }
}

async function changed(
  server: { readonly process: ProcessRef; readonly url: string },
  home: string,
  password: string,
): Promise<void> {
  try {
    await changePassword(server.url, home, password);
  } catch (error) {
    await stopPostgres(server.process);
    throw error;
  }
}

/** Ends it in order: open sessions are broken off, what was committed stays. After 20 s without the order. */
export async function stopPostgres(server: ProcessRef): Promise<void> {
  if (await endsUpon('SIGINT', server, 20_000)) return;
  await stopProcess(server, { signal: 'SIGQUIT', deadlineMs: 5_000 });
}

/** Makes a database unless it is there. */
export async function ensureDatabase(serverUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } catch (error) {
    // Somebody else has made it in between.
    if (!['42P04', '23505'].includes(codeOf(error) ?? '')) throw error;
  } finally {
    await client.end();
  }
}

function settings(host: string, folder: string): readonly string[] {
  const values = {
    listen_addresses: host,
    ...(host === loopback ? {} : { hba_file: writeAccessRules(folder) }),
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: '256MB',
    max_wal_size: '2GB',
    log_min_messages: 'warning',
    log_statement: 'none',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

interface Waiting {
  readonly logFile: string;
  readonly report: (step: string) => void;
  readonly signal?: AbortSignal | undefined;
}

async function launchUntilReady(
  launch: () => Promise<ProcessRef>,
  urls: readonly string[],
  waiting: Waiting,
): Promise<{ readonly process: ProcessRef; readonly url: string }> {
  const end = performance.now() + startDeadlineMs;
  for (;;) {
    const since = endOf(waiting.logFile);
    const server = await launch();
    try {
      return { process: server, url: await untilReady(server, urls, waiting) };
    } catch (error) {
      await stopPostgres(server);
      // The children of a killed server hold its memory until they have noticed.
      const held = tailOf(waiting.logFile, since).includes('pre-existing shared memory block');
      if (!held || performance.now() >= end) throw error;
      await delay(200);
    }
  }
}

/** The first of the URLs that lets us in. */
async function untilReady(
  server: ProcessRef,
  urls: readonly string[],
  { report, signal }: Pick<Waiting, 'report' | 'signal'>,
): Promise<string> {
  let end = performance.now() + startDeadlineMs;
  let sayAt = performance.now() + 2_000;
  for (;;) {
    signal?.throwIfAborted();
    const answer = await tryEach(urls);
    if (!isRunning(server)) throw new Error('PostgreSQL ended', { cause: answer });
    if (typeof answer === 'string') return answer;
    const refusal = answer;
    const code = codeOf(refusal);
    // Unless it is another server on that port that refused, and ours is about to find the port taken.
    if (code === '28P01' && !(await waitForEnd(server, 1_000))) throw wrongPassword(refusal);
    if (code === '57P03') {
      // It says itself that it is starting: after a crash, with much to read, that may take minutes.
      end = performance.now() + startDeadlineMs;
      if (performance.now() >= sayAt) {
        report('PostgreSQL: recovering, as after a crash');
        sayAt += 10_000;
      }
    }
    if (performance.now() >= end) throw refusal;
    await delay(25);
  }
}

function wrongPassword(cause: Error): EmbeddedPostgresFailed {
  return new EmbeddedPostgresFailed(
    'PostgreSQL refuses the password in its home: it is not the one its data folder was made with',
    'put the right password file back, or move the data folder away to begin anew',
    cause,
  );
}

/** The URL that lets us in, or why none does; only for a wrong password another one is tried. */
async function tryEach(urls: readonly string[]): Promise<string | Error> {
  let refusal = new Error('there is no URL to try');
  for (const url of urls) {
    const refused = await tryToConnect(url);
    if (refused === null) return url;
    refusal = refused;
    if (codeOf(refused) !== '28P01') break;
  }
  return refusal;
}

async function tryToConnect(url: string): Promise<Error | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    await client.end();
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
