import { exitCodeOf } from '../../src/cli/exit-code.ts';
import { printError } from '../../src/cli/output.ts';
import { buildProgram } from '../../src/cli/program.ts';

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

type Variables = Readonly<Record<string, string>>;

/**
 * Starts a command in this process, with these variables beside its own: a process of its own takes a second. One at a
 * time: what this process writes meanwhile counts as said by it.
 */
export function startCommand(variables: Variables, ...args: readonly string[]): StartedCommand {
  const said: Said = { stdout: '', stderr: '' };
  return { said, ended: ended(said, variables, args) };
}

/** Runs a command to its end. */
export async function runCommand(variables: Variables, ...args: readonly string[]) {
  const { said, ended: code } = startCommand(variables, ...args);
  return { code: await code, ...said };
}

async function ended(said: Said, variables: Variables, args: readonly string[]): Promise<number> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  const restore = [heard('stdout', said), heard('stderr', said)];
  Object.assign(process.env, variables);
  try {
    await buildProgram().parseAsync(['node', 'barwright', ...args]);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    printError(error, args.includes('--json'));
    return exitCodeOf(error);
  } finally {
    for (const undo of restore) undo();
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    process.exitCode = undefined;
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
