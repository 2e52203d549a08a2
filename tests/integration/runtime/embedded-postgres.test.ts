import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { EmbeddedPostgresFailed } from '../../../src/runtime/embedded-postgres-failed.ts';
import { ensureDatabase, startPostgres, stopPostgres } from '../../../src/runtime/embedded-postgres.ts';
import { findPort } from '../../../src/runtime/ports.ts';
import { isRunning, waitForEnd, type ProcessRef } from '../../../src/runtime/processes.ts';
import { AlreadyServed } from '../../../src/runtime/served-folder.ts';
import { temporaryFolder } from './temporary-folder.ts';

const postgresModule = fileURLToPath(new URL('../../../src/runtime/embedded-postgres.ts', import.meta.url));
const anyPort = () => findPort({ preferred: 0, strict: false }, '');
const report = () => undefined;

async function start(home: string) {
  const server = await startPostgres({ home, port: await anyPort(), report });
  onTestFinished(() => stopPostgres(server.process));
  return server;
}

/** Asks one value. */
async function ask(url: string, query: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<unknown[]>({ text: query, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

async function keep(url: string): Promise<void> {
  await ask(url, 'create table kept as select 42 as value');
}
const kept = (url: string) => ask(url, 'select value from kept');

test('a new home gets a server on the loopback that wants the password, which only its owner may read', async () => {
  const home = temporaryFolder();
  const steps: string[] = [];
  const server = await startPostgres({ home, port: await anyPort(), report: (step) => steps.push(step) });
  onTestFinished(() => stopPostgres(server.process));
  expect(steps).toEqual([expect.stringMatching(/data folder.*MB/)]);
  expect(await ask(server.urlOf('postgres'), 'show listen_addresses')).toBe('127.0.0.1');
  expect(await ask(server.urlOf('postgres'), 'show unix_socket_directories')).toBe('');
  expect(statSync(path.join(home, 'password')).mode & 0o777).toBe(0o600);
  const wrong = new URL(server.urlOf('postgres'));
  wrong.password = 'wrong';
  await expect(ask(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
  expect(readFileSync(path.join(home, 'postgres.log'), 'utf8')).not.toContain(
    new URL(server.urlOf('postgres')).password,
  );
});

/** macOS has but one address on its loopback. */
const beyond = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1';

test('a password that is wished is its own from then on, on an address that is wished, and nothing goes without', async () => {
  const home = temporaryFolder();
  await stopPostgres((await start(home)).process);
  const password = `it's 50 % "so" \\ ü/@:`;
  const file = path.join(home, 'password');
  const had = readFileSync(file, 'utf8');
  for (const broken of [false, true]) {
    // As where it ended between setting the password and writing it down.
    if (broken) writeFileSync(file, had);
    const wish = { home, host: beyond, port: await anyPort(), password, report };
    const server = await startPostgres(wish);
    onTestFinished(() => stopPostgres(server.process));
    const url = server.urlOf('postgres');
    expect(new URL(url).hostname).toBe(beyond);
    expect(await ask(url, 'show listen_addresses')).toBe(beyond);
    const rules = `select string_agg(concat_ws(' ', type, database[1], user_name[1], address, auth_method), ';') from pg_hba_file_rules`;
    if (beyond !== '127.0.0.1') expect(await ask(url, rules)).toBe('host all all all scram-sha-256');
    for (const other of ['', 'wrong', had]) {
      const refused = new URL(url);
      refused.password = other;
      await expect(ask(refused.href, 'select 1')).rejects.toThrow(/password/);
    }
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await stopPostgres(server.process);
  }
  expect(readFileSync(path.join(home, 'postgres.log'), 'utf8')).not.toContain('50 %');
  const after = await start(home);
  expect(new URL(after.urlOf('postgres')).hostname).toBe('127.0.0.1');
  expect(await ask(after.urlOf('postgres'), 'select 1')).toBe(1);
});

test('stopped and started again it has its data', async () => {
  const home = temporaryFolder();
  const first = await start(home);
  await keep(first.urlOf('postgres'));
  await stopPostgres(first.process);
  expect(isRunning(first.process)).toBe(false);
  const second = await start(home);
  expect(await kept(second.urlOf('postgres'))).toBe(42);
});

test('killed it leaves nothing that keeps the next one from starting with its data', async () => {
  const home = temporaryFolder();
  const first = await start(home);
  await keep(first.urlOf('postgres'));
  process.kill(first.process.pid, 'SIGKILL');
  expect(await waitForEnd(first.process, 10_000)).toBe(true);
  expect(existsSync(path.join(home, 'data/postmaster.pid'))).toBe(true);
  const second = await start(home);
  expect(await kept(second.urlOf('postgres'))).toBe(42);
});

test('the id of the killed server in use by another program by now does not keep it from starting', async () => {
  const home = temporaryFolder();
  await stopPostgres((await start(home)).process);
  const stale = [process.pid, path.join(home, 'data'), 1_700_000_000, 5433, '', '127.0.0.1', '', 'ready'];
  writeFileSync(path.join(home, 'data/postmaster.pid'), stale.join('\n'));
  const second = await start(home);
  expect(await ask(second.urlOf('postgres'), 'select 1')).toBe(1);
});

test('a second one on the same folder is refused, with the process that has it', async () => {
  const home = temporaryFolder();
  const server = await start(home);
  const refused = start(home);
  await expect(refused).rejects.toBeInstanceOf(AlreadyServed);
  await expect(refused).rejects.toThrow(String(server.process.pid));
  rmSync(path.join(home, 'server.json'));
  await expect(start(home)).rejects.toThrow(AlreadyServed);
  expect(isRunning(server.process)).toBe(true);
});

test('one that a killed process has left is ended, and the next one starts', async () => {
  const home = temporaryFolder();
  const port = await anyPort();
  const script = `
    const { startPostgres } = await import(${JSON.stringify(postgresModule)});
    const { process: server } = await startPostgres({ home: ${JSON.stringify(home)}, port: ${port}, report() {} });
    console.log(JSON.stringify(server));
    setInterval(() => {}, 1000);`;
  const starter = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(starter.stdout, 'data')) as [Buffer];
  const left = JSON.parse(said.toString()) as ProcessRef;
  starter.kill('SIGKILL');
  await once(starter, 'exit');
  expect(isRunning(left)).toBe(true);
  const server = await start(home);
  expect(isRunning(left)).toBe(false);
  expect(await ask(server.urlOf('postgres'), 'select 1')).toBe(1);
});

test('a data folder that was not finished is made anew', async () => {
  const home = temporaryFolder();
  mkdirSync(path.join(home, 'data-new-broken'), { recursive: true });
  writeFileSync(path.join(home, 'data-new-broken/PG_VERSION'), '18\n');
  writeFileSync(path.join(home, 'password'), '');
  await start(home);
  expect(readdirSync(home).toSorted()).toEqual(['data', 'password', 'postgres.log', 'server.json']);
});

test.each([
  ['of another version', { 'data/PG_VERSION': '15\n' }, /is of PostgreSQL 15, this one is 18/],
  ['that is none', { 'data/mine.txt': '' }, /is no PostgreSQL data folder/],
  ['without its password', { 'data/PG_VERSION': '18\n' }, /password is missing/],
])('a data folder %s is an error that says so, and stays as it is', async (_, files, message) => {
  const home = temporaryFolder();
  mkdirSync(path.join(home, 'data'));
  for (const [file, content] of Object.entries(files)) writeFileSync(path.join(home, file), content);
  const refused = start(home);
  await expect(refused).rejects.toBeInstanceOf(EmbeddedPostgresFailed);
  await expect(refused).rejects.toThrow(message);
  for (const file of Object.keys(files)) expect(existsSync(path.join(home, file))).toBe(true);
});

test('another password than the one of the data folder is an error that says so', async () => {
  const home = temporaryFolder();
  await stopPostgres((await start(home)).process);
  writeFileSync(path.join(home, 'password'), 'other');
  await expect(start(home)).rejects.toThrow(/refuses the password/);
});

test('a start that fails says why, and leaves no process', async () => {
  const home = temporaryFolder();
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  await expect(startPostgres({ home, port, report })).rejects.toThrow(/does not start: .*could not bind/);
  const { server } = JSON.parse(readFileSync(path.join(home, 'server.json'), 'utf8')) as {
    server: ProcessRef;
  };
  expect(isRunning(server)).toBe(false);
});

test('a start that is given up rejects with its reason', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  const started = startPostgres({ home: temporaryFolder(), port: await anyPort(), report, signal });
  await expect(started).rejects.toThrow('enough');
});

test('a database is made once, whoever asks', async () => {
  const server = await start(temporaryFolder());
  const url = server.urlOf('postgres');
  await ensureDatabase(url, 'Trading "one"');
  await ensureDatabase(url, 'Trading "one"');
  const count = `select count(*)::int from pg_database where datname = 'Trading "one"'`;
  expect(await ask(url, count)).toBe(1);
});
