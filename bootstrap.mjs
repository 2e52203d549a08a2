#!/usr/bin/env node
// Runs on any Node from 20 on, without dependencies: installs what is missing, then hands over to Node 24.
// Everything it says goes to standard error, so that standard output stays the command's own.
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(fs.realpathSync(fileURLToPath(import.meta.url)));
const [command = 'help', ...rest] = process.argv.slice(2);
const { temporalServer, dashboardProcess } = JSON.parse(
  fs.readFileSync(path.join(root, 'package.json'), 'utf8'),
);

const cache = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'barwright');

const say = (text) => process.stderr.write(`barwright: ${text}\n`);

function fail(problem, remedy) {
  say(`${problem}; ${remedy}`);
  process.exit(2);
}

/** Runs a program to its end; rejects with the last of what it said. Tells every 15 seconds that it still runs. */
function run(what, program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const began = Date.now();
    const seconds = () => Math.round((Date.now() - began) / 1000);
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let tail = '';
    const keep = (chunk) => (tail = (tail + chunk).slice(-2000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const ticker = setInterval(() => say(`${what}: ${seconds()} s so far`), 15_000);
    child.once('error', (error) => finish(error));
    child.once('close', (code) =>
      finish(code === 0 ? null : new Error(tail.trim().split('\n').slice(-4).join(' | '))),
    );
    function finish(error) {
      clearInterval(ticker);
      if (error) reject(error);
      else {
        say(`${what}: done after ${seconds()} s`);
        resolve();
      }
    }
  });
}

function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

function onPath(name) {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

// The packages of the lockfile. A stamp tells that they are in: asking npm would cost 8 seconds each time.
async function installPackages(withDevelopment) {
  const modules = path.join(root, 'node_modules');
  const stampFile = path.join(modules, '.barwright-lock');
  const digest = createHash('sha256')
    .update(fs.readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  const stamps = [`${digest} all`, ...(withDevelopment ? [] : [`${digest} production`])];
  const stamp = fs.existsSync(stampFile) ? fs.readFileSync(stampFile, 'utf8') : '';
  if (stamps.includes(stamp)) return;
  const production = !withDevelopment && process.env.NODE_ENV === 'production';
  say(
    `installing ${production ? 'the' : 'about 320'} packages into node_modules (600 MB), half a minute or so`,
  );
  const npm = process.env.npm_execpath;
  const [program, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const flags = ['ci', '--no-audit', '--no-fund', ...(production ? ['--omit=dev'] : ['--include=dev'])];
  // A surrounding npm hands its own settings down; --ignore-scripts among them would leave PostgreSQL unfinished.
  const env = { ...process.env, npm_config_ignore_scripts: 'false' };
  try {
    await run('packages', program, [...first, ...flags, '--include=optional'], { cwd: root, env });
  } catch (error) {
    fail(
      `npm ci failed: ${error.message}`,
      'look at its message; the network and the registry have to be reachable',
    );
  }
  fs.writeFileSync(stampFile, `${digest} ${production ? 'production' : 'all'}`);
}

// The Temporal server: named, on PATH, in the cache, or built from its Go module into the cache.
async function provideTemporal() {
  const named = process.env.TEMPORAL_CLI_PATH;
  if (named) {
    if (isExecutable(named)) return;
    fail(`TEMPORAL_CLI_PATH=${named} is no program`, 'correct it, or unset it');
  }
  if (onPath('temporal')) return;
  const target = path.join(cache, `temporal-${temporalServer.version}`, 'temporal');
  if (isExecutable(target)) return;
  const go = onPath('go');
  if (!go) {
    fail(
      'no Temporal server, and no Go to build one',
      `install Go ${temporalServer.builtWithGo} or newer, or the Temporal CLI, or set TEMPORAL_CLI_PATH`,
    );
  }
  say(
    `building the Temporal server ${temporalServer.version} with Go, once: about 3 minutes, 252 MB in ${path.dirname(target)}`,
  );
  const work = path.join(cache, `build-${randomUUID()}`);
  fs.mkdirSync(work, { recursive: true });
  // Caches of its own, gone afterwards: the module and build caches would leave 3 GB behind. Those that a person has set are used.
  const env = {
    ...process.env,
    GOBIN: work,
    CGO_ENABLED: '0',
    GOMODCACHE: process.env.GOMODCACHE || path.join(work, 'modules'),
    GOCACHE: process.env.GOCACHE || path.join(work, 'cache'),
    GOFLAGS: `${process.env.GOFLAGS ?? ''} -modcacherw`.trim(),
  };
  try {
    await run(
      'Temporal server',
      go,
      ['install', `github.com/temporalio/cli/cmd/temporal@v${temporalServer.version}`],
      { env },
    );
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.renameSync(path.join(work, 'temporal'), target);
  } catch (error) {
    fail(
      `the Temporal server could not be built: ${error.message}`,
      'install the Temporal CLI, or set TEMPORAL_CLI_PATH',
    );
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

function node24() {
  const { platform, arch } = process;
  const names = [`node-${platform}-${arch}`, `node-bin-${platform}-${arch}`];
  const brought = names
    .map((name) => path.join(root, 'node_modules', name, 'bin', 'node'))
    .find(isExecutable);
  if (brought) return brought;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  return fail(
    `there is no Node 24 for ${platform} ${arch} among the packages`,
    'run it with a Node 24 of your own',
  );
}

// npm passes no signal on when it is killed: whether it still is our ancestor has to be looked up.
function parentOf(pid) {
  try {
    const fields = fs
      .readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return Number(fields[1]);
  } catch {
    return null;
  }
}

function whenNpmIsGone(callback) {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  // npm runs a script through a shell, which may have made way for us.
  const grandparent = fs.existsSync('/proc/self/stat') ? parentOf(parent) : null;
  const watch = setInterval(() => {
    if (process.ppid === parent && (grandparent === null || parentOf(parent) === grandparent)) return;
    clearInterval(watch);
    callback();
  }, 500);
  watch.unref();
}

// What Node has compiled once is read from there by every process after: half of a start is that.
const env = { NODE_COMPILE_CACHE: path.join(cache, 'compiled'), ...process.env };

function handOver(args, own = {}) {
  // The channel tells the child when this process is gone, whatever ended it.
  const child = spawn(node24(), args, {
    cwd: process.cwd(),
    env: { ...own, ...env },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  // A terminal's Ctrl-C reaches the child as well, twice then; this process waits for it to end.
  process.on('SIGINT', () => child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill('SIGTERM'));
  whenNpmIsGone(() => child.kill('SIGTERM'));
  child.once('error', (error) =>
    fail(`Node 24 does not start: ${error.message}`, 'remove node_modules and try again'),
  );
  child.once('exit', (code, signal) => process.exit(code ?? 128 + (os.constants.signals[signal] ?? 0)));
}

if (Number(process.versions.node.split('.')[0]) < 20)
  fail(`Node ${process.versions.node} is too old`, 'install Node 20 or newer');
const testing = command === 'test';
const benching = command === 'bench';
const needsTemporal =
  testing || benching || (command === 'up' && !process.env.TEMPORAL_ADDRESS && !rest.includes('--help'));
await Promise.all([installPackages(testing), ...(needsTemporal ? [provideTemporal()] : [])]);
if (testing) handOver([path.join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', root, ...rest]);
else if (benching) handOver([path.join(root, 'bench/main.ts'), ...rest]);
else {
  const own = command === 'dashboard' ? dashboardProcess : { nodeFlags: [], env: {} };
  handOver([...own.nodeFlags, path.join(root, 'src/cli/main.ts'), ...process.argv.slice(2)], own.env);
}
