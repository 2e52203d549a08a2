import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandLine {
  /** Runs a command to its end. */
  run(...args: string[]): Promise<CommandResult>;
  /** Runs it with other variables; null takes one away. */
  runWith(env: Readonly<Record<string, string | null>>, ...args: string[]): Promise<CommandResult>;
  /** Starts a command that stays. */
  start(...args: string[]): ChildProcess;
  readonly home: string;
  /** What it is started with beside the system's own, for `runCommand`. */
  readonly variables: Readonly<Record<string, string>>;
}

/** The command line as a process of its own, with a home of its own and none of this machine's settings. */
export function commandLine(settings: Readonly<Record<string, string>>): CommandLine {
  const home = mkdtempSync(path.join(tmpdir(), 'barwright-home-'));
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    BARWRIGHT_HOME: home,
    ...temporalPath(),
    ...settings,
  };
  const begin = (variables: NodeJS.ProcessEnv, args: readonly string[]) =>
    spawn(process.execPath, [main, ...args], { env: variables, stdio: ['ignore', 'pipe', 'pipe'] });

  async function runWith(
    changes: Readonly<Record<string, string | null>>,
    ...args: string[]
  ): Promise<CommandResult> {
    const child = begin(changed(env, changes), args);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, stdout, stderr };
  }

  const variables = { BARWRIGHT_HOME: home, ...settings };
  return {
    home,
    variables,
    runWith,
    run: (...args) => runWith({}, ...args),
    start: (...args) => begin(env, args),
  };
}

function changed(
  env: NodeJS.ProcessEnv,
  changes: Readonly<Record<string, string | null>>,
): NodeJS.ProcessEnv {
  const taken = Object.entries(changes).flatMap(([name, value]) => (value === null ? name : []));
  const entries = Object.entries({ ...env, ...changes }).filter(([name]) => !taken.includes(name));
  return Object.fromEntries(entries) as Record<string, string>;
}

function temporalPath(): NodeJS.ProcessEnv {
  const { TEMPORAL_CLI_PATH, XDG_CACHE_HOME } = process.env;
  return {
    ...(TEMPORAL_CLI_PATH ? { TEMPORAL_CLI_PATH } : {}),
    ...(XDG_CACHE_HOME ? { XDG_CACHE_HOME } : {}),
  };
}
