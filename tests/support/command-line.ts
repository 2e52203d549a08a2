import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownEnvironment, runCommand, type Variables } from './command-in-process.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandLine {
  /** Runs a command to its end: in this process, where it is one that ends by itself and of which there is one at a time. */
  run(...args: string[]): Promise<CommandResult>;
  /** Runs it with other variables; null takes one away. */
  runWith(changes: Readonly<Record<string, string | null>>, ...args: string[]): Promise<CommandResult>;
  /** Runs it in a process of its own, as a person does. */
  runApart(...args: string[]): Promise<CommandResult>;
  /** Starts a command that stays. */
  start(...args: string[]): ChildProcess;
  readonly home: string;
}

/** Those that take signals, or start and end processes: not in that of the tests. */
const apart = ['up', 'down', 'worker', 'dashboard', 'simulate'];

/** The command line with a home of its own and none of this machine's settings. */
export function commandLine(settings: Variables): CommandLine {
  const home = mkdtempSync(path.join(tmpdir(), 'barwright-home-'));
  const variables = { BARWRIGHT_HOME: home, ...settings };
  const run = (given: Variables, args: readonly string[]) =>
    apart.includes(args[0] ?? '') ? ended(begin(given, args)) : runCommand(given, ...args);
  return {
    home,
    run: (...args) => run(variables, args),
    runWith: (changes, ...args) => run(changed(variables, changes), args),
    runApart: (...args) => ended(begin(variables, args)),
    start: (...args) => begin(variables, args),
  };
}

function begin(variables: Variables, args: readonly string[]): ChildProcess {
  const env = { ...ownEnvironment(), ...variables };
  return spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** What a process has come to, and all that it has written. */
export async function ended(child: ChildProcess): Promise<CommandResult> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}

function changed(variables: Variables, changes: Readonly<Record<string, string | null>>): Variables {
  const entries = Object.entries({ ...variables, ...changes });
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}
