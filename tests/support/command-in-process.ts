import { runCommandLine } from '../../src/cli/run-command-line.ts';
import type { CommandResult } from './command-line.ts';

interface Said {
  stdout: string;
  stderr: string;
}

interface StartedCommand {
  /** What it has said so far. */
  readonly said: Readonly<Said>;
  /** Its exit code. */
  readonly ended: Promise<number>;
}

export type Variables = Readonly<Record<string, string>>;

/**
 * Starts a command in this process, with these variables and none of this machine's settings: a process of its own takes
 * a second. One at a time: what this process writes meanwhile counts as said by it.
 */
export function startCommand(variables: Variables, ...args: readonly string[]): StartedCommand {
  const said: Said = { stdout: '', stderr: '' };
  return { said, ended: ended(said, variables, args) };
}

/** Runs a command to its end. */
export async function runCommand(variables: Variables, ...args: readonly string[]): Promise<CommandResult> {
  const { said, ended: code } = startCommand(variables, ...args);
  return { code: await code, ...said };
}

/** What a command needs of this machine's variables, and none of its settings. */
export function ownEnvironment(): Readonly<Record<string, string>> {
  const names = ['PATH', 'HOME', 'TEMPORAL_CLI_PATH', 'XDG_CACHE_HOME', 'NODE_COMPILE_CACHE'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value ? [[name, value]] : [];
    }),
  );
}

let isBusy = false;

async function ended(said: Said, variables: Variables, args: readonly string[]): Promise<number> {
  if (isBusy) throw new Error(`another command runs in this process: ${args.join(' ')}`);
  isBusy = true;
  const before = process.env;
  const restore = [heard('stdout', said), heard('stderr', said)];
  process.env = { ...ownEnvironment(), ...variables };
  try {
    await runCommandLine(['node', 'barwright', ...args]);
    return Number(process.exitCode ?? 0);
  } finally {
    for (const undo of restore) undo();
    process.env = before;
    process.exitCode = undefined;
    isBusy = false;
  }
}

/** Keeps what is written to a stream; returns what lets it through again. */
function heard(name: keyof Said, said: Said): () => void {
  const stream = process[name];
  const write = stream.write.bind(stream);
  stream.write = (chunk: string | Uint8Array) => {
    said[name] += String(chunk);
    return true;
  };
  return () => void (stream.write = write);
}
